"""Bounces in no standard form: recognised by flufl.bounce, or by who sends them. Pure.

A vacation notice, a challenge or any other answer comes to the same address, and is none.
"""

import re
from email.message import Message

from flufl.bounce import all_failures

from afterword.mail.ways.severity import is_hard
from afterword.sending.reports.finding import Finding
from afterword.sending.reports.raw_mail import Bounds, TooDeep, header, parse, texts

# Detectors try dozens of patterns on every line; why a mail came back stands at its beginning.
_SCANNED = Bounds(size=32 * 1024, lines=1000, line=300, header=2000)
_READ = 8000
_WORDS = 500

_ANSWER_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation", "List-Id")
# At the beginning: the subject of what we sent may follow.
_ANSWER_SUBJECT = re.compile(
    r"(?:re: ?)?(?:out of (?:the )?office|automatic reply|auto(?:mat\w*)?[- ]?(?:reply|resp|antw)"
    r"|vacation|on holiday|abwesen|automatische antwort|absence|réponse automatique"
    r"|respuesta autom|risposta autom|(?:please )?(?:confirm|verify)|challenge|read:|gelesen:)",
    re.IGNORECASE,
)
_MAIL_SYSTEM = re.compile(
    r"(?:mailer[-_]?daemon|postmaster|mdaemon|mail[-_]?daemon|mail[-_.]?(?:system|delivery))@"
    r"|mail delivery (?:sub)?system",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"undeliver|not (?:be )?deliver|n[\u2019']t (?:be )?deliver|unable to deliver|deliver\w* fail"
    r"|fail\w* (?:to )?deliver|returned mail|returned to sender|failure notice"
    r"|delivery (?:status|problem)"
    r"|mail delivery|mail system error|non[- ]?deliver|rejected|message not sent"
    r"|unzustellbar|(?:nicht|konnte) .{0,40}zugestellt|zustell\w*fehl|non (?:remis|délivr|distribu)"
    r"|(?:pas|être|échec).{0,40}(?:remis|livr|distribu)|no (?:se )?(?:ha )?(?:pod|entreg)|devuelto"
    r"|mancata consegna|non recapitab|niet .{0,40}(?:bezorgd|afgeleverd)|onbestelbaar"
    r"|nedoruč|nelze doručit|não (?:foi )?(?:entreg|poss)",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"(?:has|have) (?:not yet been|been) (?:delivered yet|delayed|postponed|deferred)"
    r"|not yet been deliver|delivery (?:is |was |has been |temporarily )?(?:delayed|suspended)"
    r"|delay(?:ed)? (?:mail|notification)|\(delay\w*\)"
    r"|(?:will|keep|still) (?:continue )?(?:to )?(?:be )?(?:try|retr|attempt)\w*\b(?! to contact)"
    r"|no action is required|warning:.{0,60}(?:still|delay)|verzögert|noch nicht zugestellt"
    r"|wird weiter versucht|retard|pas encore (?:été )?(?:remis|livr|distribu)|ritard|retrasad"
    r"|demorad|vertraagd|zpožděn",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[->\s]{0,10}-{2,}.{0,20}(?:below this line|copy of|original message|returned message"
    r"|message headers|urspr|message d'origine|enclosed|included)|^Received: |^Return-Path: ",
    re.IGNORECASE | re.MULTILINE,
)


def read(message: Message, raw: bytes) -> tuple[Finding, str] | None:
    """Return what a mail means, and in what words; None if it seems to be no bounce."""
    if _is_answer(message):
        return None
    text, subject = _beginning(message), header(message, "Subject")
    said = f"{subject}\n{text}"
    temporary, permanent = _scan(raw)
    if not (temporary or permanent or _looks_like_one(message, said)):
        return None
    words = " ".join(text[:_WORDS].split()) or subject
    if temporary or _DELAY.search(said):
        return Finding.DELAYED, words
    return (Finding.HARD_BOUNCED if is_hard("", text) else Finding.SOFT_BOUNCED), words


def _scan(raw: bytes) -> tuple[bool, bool]:
    """Whether flufl.bounce finds temporary and permanent failures. Whose they are we know."""
    try:
        temporary, permanent = all_failures(parse(raw, _SCANNED))
    except TooDeep:
        return False, False
    return bool(temporary), bool(permanent)


def _is_answer(message: Message) -> bool:
    """`Auto-Submitted: auto-replied` tells nothing: Postfix and Exim put it on their bounces."""
    if any(name in message for name in _ANSWER_HEADERS):
        return True
    if header(message, "Precedence").lower() in {"auto_reply", "list"}:
        return True
    return bool(_ANSWER_SUBJECT.match(header(message, "Subject")))


def _looks_like_one(message: Message, said: str) -> bool:
    return _is_mail_systems(message) and bool(_FAILURE.search(said) or _DELAY.search(said))


def _is_mail_systems(message: Message) -> bool:
    """Vacation notices have no envelope sender either, but say that they are replies."""
    if _MAIL_SYSTEM.search(header(message, "From")):
        return True
    is_reply = "auto-replied" in header(message, "Auto-Submitted").lower()
    return header(message, "Return-Path") == "<>" and not is_reply


def _beginning(message: Message) -> str:
    """The text up to the mail that it is about."""
    text = next(texts(message), "")[:_READ]
    original = _ORIGINAL.search(text)
    return text[: original.start()] if original else text
