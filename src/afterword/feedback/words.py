# ruff: noqa: RUF001
"""What the public pages say to customers, in each language. Pure.

Plain and polite, as a company speaks to strangers; the page puts its name for `{company}`.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """What the preference page says, in one language."""

    name: str  # of the language, in itself
    title: str
    ask: str
    ask_more: str
    like_this: str
    all_surveys: str
    on: str
    off: str
    stop_like_this: str
    stop_all: str
    start: str
    stopped_like_this: str
    stopped_all: str
    stopped_more: str
    started: str
    started_more: str
    once_more: str


ENGLISH = Words(
    name="English",
    title="Your surveys",
    ask="No more surveys?",
    ask_more="You decide what {company} may ask you by e-mail. Other mail is not affected.",
    like_this="Surveys like this one",
    all_surveys="All surveys from {company}",
    on="On",
    off="Off",
    stop_like_this="Stop surveys like this one",
    stop_all="Stop all surveys",
    start="Start again",
    stopped_like_this="No more surveys like this one",
    stopped_all="You are unsubscribed",
    stopped_more="{company} will not send you surveys any more.",
    started="You are subscribed again",
    started_more="{company} may send you surveys from now on.",
    once_more="Please press the button once more, so that we know it was you.",
)

WORDS: Mapping[str, Words] = {
    "en": ENGLISH,
    "de": Words(
        name="Deutsch",
        title="Ihre Umfragen",
        ask="Keine Umfragen mehr?",
        ask_more=(
            "Sie entscheiden, wonach {company} Sie per E-Mail fragen darf. "
            "Andere E-Mails sind davon nicht betroffen."
        ),
        like_this="Umfragen wie diese",
        all_surveys="Alle Umfragen von {company}",
        on="An",
        off="Aus",
        stop_like_this="Umfragen wie diese beenden",
        stop_all="Alle Umfragen beenden",
        start="Wieder erhalten",
        stopped_like_this="Keine Umfragen wie diese mehr",
        stopped_all="Sie sind abgemeldet",
        stopped_more="{company} schickt Ihnen keine Umfragen mehr.",
        started="Sie sind wieder angemeldet",
        started_more="{company} darf Ihnen ab jetzt wieder Umfragen schicken.",
        once_more="Bitte drücken Sie noch einmal, damit wir wissen, dass Sie es waren.",
    ),
    "fr": Words(
        name="Français",
        title="Vos enquêtes",
        ask="Ne plus recevoir d’enquêtes\u00a0?",
        ask_more=(
            "Vous décidez de ce que {company} peut vous demander par e-mail. "
            "Les autres messages ne sont pas concernés."
        ),
        like_this="Les enquêtes comme celle-ci",
        all_surveys="Toutes les enquêtes de {company}",
        on="Oui",
        off="Non",
        stop_like_this="Arrêter les enquêtes comme celle-ci",
        stop_all="Arrêter toutes les enquêtes",
        start="Recevoir à nouveau",
        stopped_like_this="Plus d’enquêtes comme celle-ci",
        stopped_all="Votre inscription est annulée",
        stopped_more="{company} ne vous enverra plus d’enquêtes.",
        started="Votre inscription est rétablie",
        started_more="{company} peut désormais vous envoyer des enquêtes.",
        once_more="Merci d’appuyer encore une fois, pour que nous sachions que c’est bien vous.",
    ),
    "es": Words(
        name="Español",
        title="Sus encuestas",
        ask="¿No quiere más encuestas?",
        ask_more=(
            "Usted decide qué puede preguntarle {company} por correo electrónico. "
            "Los demás mensajes no cambian."
        ),
        like_this="Encuestas como esta",
        all_surveys="Todas las encuestas de {company}",
        on="Sí",
        off="No",
        stop_like_this="No recibir encuestas como esta",
        stop_all="No recibir ninguna encuesta",
        start="Volver a recibir",
        stopped_like_this="No habrá más encuestas como esta",
        stopped_all="Ya no está suscrito",
        stopped_more="{company} no le enviará más encuestas.",
        started="Está suscrito de nuevo",
        started_more="A partir de ahora {company} puede enviarle encuestas.",
        once_more="Pulse el botón una vez más, para que sepamos que ha sido usted.",
    ),
    "it": Words(
        name="Italiano",
        title="I suoi sondaggi",
        ask="Non vuole più sondaggi?",
        ask_more=(
            "È lei a decidere che cosa {company} può chiederle per e-mail. "
            "Gli altri messaggi non cambiano."
        ),
        like_this="Sondaggi come questo",
        all_surveys="Tutti i sondaggi di {company}",
        on="Sì",
        off="No",
        stop_like_this="Non ricevere sondaggi come questo",
        stop_all="Non ricevere alcun sondaggio",
        start="Riceverli di nuovo",
        stopped_like_this="Niente più sondaggi come questo",
        stopped_all="La sua iscrizione è annullata",
        stopped_more="{company} non le invierà più sondaggi.",
        started="La sua iscrizione è di nuovo attiva",
        started_more="D’ora in poi {company} può inviarle sondaggi.",
        once_more="Prema ancora una volta il pulsante, così sappiamo che è stato lei.",
    ),
    "pt": Words(
        name="Português",
        title="Os seus inquéritos",
        ask="Não quer mais inquéritos?",
        ask_more=(
            "É você quem decide o que {company} lhe pode perguntar por e-mail. "
            "As outras mensagens não mudam."
        ),
        like_this="Inquéritos como este",
        all_surveys="Todos os inquéritos de {company}",
        on="Sim",
        off="Não",
        stop_like_this="Não receber inquéritos como este",
        stop_all="Não receber nenhum inquérito",
        start="Voltar a receber",
        stopped_like_this="Não haverá mais inquéritos como este",
        stopped_all="A sua inscrição foi cancelada",
        stopped_more="{company} não lhe enviará mais inquéritos.",
        started="A sua inscrição está de novo ativa",
        started_more="A partir de agora {company} pode enviar-lhe inquéritos.",
        once_more="Prima o botão mais uma vez, para sabermos que foi você.",
    ),
    "nl": Words(
        name="Nederlands",
        title="Uw enquêtes",
        ask="Geen enquêtes meer?",
        ask_more=(
            "U bepaalt wat {company} u per e-mail mag vragen. "
            "Voor andere e-mail verandert er niets."
        ),
        like_this="Enquêtes zoals deze",
        all_surveys="Alle enquêtes van {company}",
        on="Aan",
        off="Uit",
        stop_like_this="Stop enquêtes zoals deze",
        stop_all="Stop alle enquêtes",
        start="Weer ontvangen",
        stopped_like_this="Geen enquêtes zoals deze meer",
        stopped_all="U bent afgemeld",
        stopped_more="{company} stuurt u geen enquêtes meer.",
        started="U bent weer aangemeld",
        started_more="{company} mag u vanaf nu weer enquêtes sturen.",
        once_more="Druk nog één keer op de knop, zodat we weten dat u het was.",
    ),
    "pl": Words(
        name="Polski",
        title="Twoje ankiety",
        ask="Bez kolejnych ankiet?",
        ask_more=(
            "To Ty decydujesz, o co {company} może pytać e-mailem. "
            "Nie dotyczy to innych wiadomości."
        ),
        like_this="Ankiety takie jak ta",
        all_surveys="Wszystkie ankiety od {company}",
        on="Tak",
        off="Nie",
        stop_like_this="Nie chcę takich ankiet",
        stop_all="Nie chcę żadnych ankiet",
        start="Chcę je znów dostawać",
        stopped_like_this="Nie będzie więcej takich ankiet",
        stopped_all="Subskrypcja została anulowana",
        stopped_more="{company} nie będzie już wysyłać Ci ankiet.",
        started="Subskrypcja została wznowiona",
        started_more="Od teraz {company} może znów wysyłać Ci ankiety.",
        once_more="Naciśnij przycisk jeszcze raz, abyśmy wiedzieli, że to Ty.",
    ),
    "cs": Words(
        name="Čeština",
        title="Vaše průzkumy",
        ask="Už žádné průzkumy?",
        ask_more=(
            "Vy rozhodujete, na co se vás {company} smí e-mailem ptát. "
            "Ostatních zpráv se to netýká."
        ),
        like_this="Průzkumy jako tento",
        all_surveys="Všechny průzkumy od {company}",
        on="Ano",
        off="Ne",
        stop_like_this="Neposílat průzkumy jako tento",
        stop_all="Neposílat žádné průzkumy",
        start="Znovu posílat",
        stopped_like_this="Žádné další průzkumy jako tento",
        stopped_all="Odběr je zrušen",
        stopped_more="{company} vám už nebude posílat průzkumy.",
        started="Odběr je obnoven",
        started_more="{company} vám od teď může posílat průzkumy.",
        once_more="Stiskněte prosím tlačítko ještě jednou, ať víme, že jste to byli vy.",
    ),
    "sv": Words(
        name="Svenska",
        title="Dina enkäter",
        ask="Inga fler enkäter?",
        ask_more=(
            "Du bestämmer vad {company} får fråga dig via e-post. Annan e-post påverkas inte."
        ),
        like_this="Enkäter som den här",
        all_surveys="Alla enkäter från {company}",
        on="På",
        off="Av",
        stop_like_this="Stoppa enkäter som den här",
        stop_all="Stoppa alla enkäter",
        start="Börja igen",
        stopped_like_this="Inga fler enkäter som den här",
        stopped_all="Du är avregistrerad",
        stopped_more="{company} skickar inga fler enkäter till dig.",
        started="Du är registrerad igen",
        started_more="{company} får skicka enkäter till dig från och med nu.",
        once_more="Tryck på knappen en gång till, så att vi vet att det var du.",
    ),
    "da": Words(
        name="Dansk",
        title="Dine undersøgelser",
        ask="Ikke flere undersøgelser?",
        ask_more=(
            "Du bestemmer, hvad {company} må spørge dig om via e-mail. Andre mails påvirkes ikke."
        ),
        like_this="Undersøgelser som denne",
        all_surveys="Alle undersøgelser fra {company}",
        on="Til",
        off="Fra",
        stop_like_this="Stop undersøgelser som denne",
        stop_all="Stop alle undersøgelser",
        start="Start igen",
        stopped_like_this="Ikke flere undersøgelser som denne",
        stopped_all="Du er afmeldt",
        stopped_more="{company} sender dig ikke flere undersøgelser.",
        started="Du er tilmeldt igen",
        started_more="{company} må sende dig undersøgelser fra nu af.",
        once_more="Tryk på knappen en gang til, så vi ved, at det var dig.",
    ),
    "ja": Words(
        name="日本語",
        title="アンケートの設定",
        ask="アンケートの配信を停止しますか？",
        ask_more=(
            "{company} からメールで届くアンケートをお選びいただけます。"
            "その他のメールには影響しません。"
        ),
        like_this="このようなアンケート",
        all_surveys="{company} のすべてのアンケート",
        on="受け取る",
        off="停止中",
        stop_like_this="このようなアンケートを停止する",
        stop_all="すべてのアンケートを停止する",
        start="もう一度受け取る",
        stopped_like_this="このようなアンケートを停止しました",
        stopped_all="配信を停止しました",
        stopped_more="{company} からアンケートが届くことはもうありません。",
        started="配信を再開しました",
        started_more="これから {company} のアンケートが届くことがあります。",
        once_more="ご本人の操作であることを確認するため、もう一度ボタンを押してください。",
    ),
    "ar": Words(
        name="العربية",
        title="استبياناتك",
        ask="هل تريد إيقاف الاستبيانات؟",
        ask_more=(
            "القرار لك في ما يمكن أن تسألك عنه {company} بالبريد الإلكتروني. "
            "لن تتأثر الرسائل الأخرى."
        ),
        like_this="استبيانات مثل هذا الاستبيان",
        all_surveys="جميع استبيانات {company}",
        on="مفعّل",
        off="متوقف",
        stop_like_this="إيقاف الاستبيانات المشابهة",
        stop_all="إيقاف جميع الاستبيانات",
        start="استئناف الاستلام",
        stopped_like_this="تم إيقاف الاستبيانات المشابهة",
        stopped_all="تم إلغاء اشتراكك",
        stopped_more="لن ترسل إليك {company} أي استبيانات بعد الآن.",
        started="تم تجديد اشتراكك",
        started_more="يمكن أن ترسل إليك {company} الاستبيانات من الآن.",
        once_more="يرجى الضغط على الزر مرة أخرى لنتأكد من أنك أنت من ضغط عليه.",
    ),
    "he": Words(
        name="עברית",
        title="הסקרים שלך",
        ask="לא לקבל עוד סקרים?",
        ask_more="ההחלטה מה {company} תשאל אותך בדוא״ל היא שלך. אין לכך השפעה על הודעות אחרות.",
        like_this="סקרים כמו זה",
        all_surveys="כל הסקרים של {company}",
        on="פעיל",
        off="כבוי",
        stop_like_this="להפסיק סקרים כמו זה",
        stop_all="להפסיק את כל הסקרים",
        start="לקבל שוב",
        stopped_like_this="לא יישלחו עוד סקרים כמו זה",
        stopped_all="ההרשמה בוטלה",
        stopped_more="{company} לא תשלח לך עוד סקרים.",
        started="ההרשמה חודשה",
        started_more="מעכשיו {company} יכולה לשלוח לך סקרים.",
        once_more="נא ללחוץ על הכפתור פעם נוספת, כדי שנדע שזו לחיצה שלך.",
    ),
}
