"""Whether a mail that could not be delivered says that nobody is at its address. Pure.

Only then is the bounce a hard one, which stops all mail to the address; a full mailbox, a policy
or a server in trouble are soft. Codes are RFC 3463's; the words are those of real servers.
"""

import re

_LONGEST = 4000
_CODE = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]\d)")
_TEMPORARY_REPLY = re.compile(r"^\W*4\d\d\b")

_NOBODY_CODES = {
    "5.2.1",  # mailbox disabled
    "5.7.17",  # mailbox owner has changed (RFC 7293)
    "5.7.18",  # domain owner has changed (RFC 7293)
}
# Of all 5.1.x the only ones about the sender's address.
_SENDER_CODES = {"5.1.7", "5.1.8"}
# Say nothing: what matters are the words.
_VAGUE = {"5.0.0", "5.1.0", "5.2.0", "5.3.0", "5.4.0", "5.5.0"}

_FULL = re.compile(
    r"quota|(?:mail ?box|inbox|account|disk) (?:is |was |has )?(?:\w+ )?full\b|\bis full\b"
    r"|(?:out of|insufficient|not enough|exceed\w*) .{0,30}\b(?:storage|space|disk)"
    r"|storage (?:limit|allocation|space)|speicherplatz|(?:postfach|mailbox).{0,40}\b(?:voll|über)"
    r"|bo[îi]te.{0,40}\b(?:pleine|satur)|buz[oó]n.{0,40}\bllen|casella.{0,40}\bpiena"
    r"|plná schránka|schránka.{0,30}\bplná",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"gr[ea]y-?list|try again|temporar|deferred|timed? ?out|time-?out|too (?:many|fast|much)"
    r"|\bbusy\b|connection (?:refused|reset|lost|dropped)|retry|later\b|rate limit",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"spam|\bspf\b|dkim|dmarc|(?:black|block|deny) ?list|\bblocked|reputation|policy|\bptr\b"
    r"|reverse dns|relay|authenticat|your (?:ip|host|server)|\bvirus|too large|size limit|loop",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:user|mailbox|recipient|address|account|host|domain)s? (?:is |was |name )?"
    r"(?:unknown|invalid|not (?:found|known|valid|listed)|unavailable|disabled|inactive|deleted)"
    r"|(?:unknown|invalid|bad|nonexistent|non-existent) (?:\w+ )?"
    r"(?:user|mailbox|recipient|address|account|host|domain)"
    r"|no (?:such|valid) (?:\w+ )?(?:user|mailbox|recipient|address|account|host|domain|person)"
    r"|no (?:mailbox|user|account) (?:here|by that name|with that name)|no longer (?:valid|exists)"
    r"|(?:do(?:es)?n[\u2019']t|do(?:es)? not) (?:exist|have an? .{1,40}\baccount)"
    r"|(?:could not|couldn[\u2019']t|was not|wasn[\u2019']t|cannot|can[\u2019']t) be found"
    r"|not listed in|recipient address rejected|recipientnotfound|not our customer"
    r"|(?:user|recipient|address)\W.{0,60}\b(?:not found|not exist|unknown|no longer)"
    r"|couldn[\u2019']t find any host|name or service not known|domain (?:name )?not found"
    # German, French, Spanish, Italian, Dutch, Portuguese, Czech
    r"|(?:empfänger|benutzer|adresse|postfach|domain)\w*\b.{0,60}"
    r"(?:unbekannt|existiert nicht|nicht gefunden|nicht vorhanden|ungültig)"
    r"|unbekannte\w* (?:empfänger|benutzer|adresse)"
    r"|(?:destinataire|utilisateur|adresse|bo[îi]te|compte|domaine)\w*\b.{0,60}"
    r"(?:inconnu|n[\u2019']existe pas|introuvable|invalide|pas été trouvé)"
    r"|(?:usuario|destinatario|buz[oó]n|direcci[oó]n|cuenta|dominio)\b.{0,60}"
    r"(?:desconocid|no existe|no se encontr|inexistente)"
    r"|(?:utente|destinatario|casella|indirizzo)\b.{0,60}"
    r"(?:sconosciut|inesistent|non (?:esiste|trovat))"
    r"|(?:gebruiker|ontvanger|postvak|adres)\b.{0,60}(?:onbekend|bestaat niet)"
    r"|(?:utilizador|usuário|destinatário|endereço)\b.{0,60}(?:desconhecid|não existe)"
    r"|(?:uživatel|příjemce|schránka|adresa)\b.{0,60}(?:neexistuje|neznám|nenalezen)",
    re.IGNORECASE | re.DOTALL,
)


def is_hard(status: str, words: str) -> bool:
    """Return whether the failure means that there is no such address.

    `status` is the report's own code or empty; `words` is the server's answer. A code of 4 is
    soft, and so is whatever speaks of a full mailbox; 5.7 is about us, not about the address.
    """
    words = words[:_LONGEST]
    code = telling_code(status, words)
    if code.startswith(("4.", "2.")) or _TEMPORARY_REPLY.match(words) or _FULL.search(words):
        return False
    if code in _NOBODY_CODES:
        return code != "5.2.1" or not _PASSING.search(words)
    if code in _SENDER_CODES or code.startswith("5.7."):
        return False
    if code.startswith("5.1.") and code != "5.1.0":
        return True
    return bool(
        _NOBODY.search(words) and not _ABOUT_US.search(words) and not _PASSING.search(words)
    )


def is_vetoed(words: str) -> bool:
    """Whether the server's words forbid a hard bounce, whatever somebody else calls it."""
    words = words[:_LONGEST]
    code = telling_code("", words)
    return code.startswith(("4.", "2.", "5.7.", "5.2.2")) or bool(
        _TEMPORARY_REPLY.match(words) or _FULL.search(words)
    )


def telling_code(status: str, words: str) -> str:
    """Return the enhanced code that says most: the report's own, unless that one is vague."""
    own = _CODE.search(status)
    said = _CODE.search(words)
    if own and (own[1] not in _VAGUE or said is None):
        return own[1]
    return said[1] if said else ""
