"""What a column says of whether its customer may be mailed: who opted out elsewhere did so. Pure.

Nothing that a file says lets mail go again; a cell that cannot be understood refuses its row.
"""

import re
from collections.abc import Mapping

STOP = "stop:"
UNSUBSCRIBED, HARD_BOUNCED, STATUS = f"{STOP}unsubscribed", f"{STOP}hard_bounced", f"{STOP}status"
# What each column may fill, for a person who chooses.
LABELS = {
    UNSUBSCRIBED: "Unsubscribed: yes, or since when",
    HARD_BOUNCED: "Hard-bounced: yes, or since when",
    STATUS: "Status, such as Unsubscribed or Bounced",
}
# Values of SuppressionReason, a later stage's.
REASONS = {
    "unsubscribed": "Unsubscribed",
    "complained": "Complained",
    "hard_bounced": "Hard-bounced",
    "undeliverable": "Non-deliverable",
    "listed": "Suppressed",
}

_YES = frozenset(
    {"1", "true", "t", "yes", "y", "x", "ja", "oui", "si", "sí", "✓"}
    | {"unsubscribed", "optedout", "bounced", "hardbounced"}
)
_NO = frozenset(
    {"0", "false", "f", "no", "n", "nein", "non", "none", "null", "nil", "never", "na"}
    | {"subscribed", "optedin", "active", "notbounced"}
)
_OF_STATUS = {
    **dict.fromkeys(["unsubscribed", "optedout", "optout", "abgemeldet"], "unsubscribed"),
    **dict.fromkeys(["complained", "complaint", "spam", "spamcomplaint"], "complained"),
    **dict.fromkeys(["bounced", "hardbounced", "hardbounce"], "hard_bounced"),
    **dict.fromkeys(["nondeliverable", "undeliverable"], "undeliverable"),
    **dict.fromkeys(["suppressed", "donotcontact", "donotemail"], "listed"),
}
_DATE = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d\d")
_SECONDS = re.compile(r"\d{9,13}(\.\d+)?")  # since 1970, or milliseconds


class Unclear(ValueError):
    """The cell says neither that mail stops nor that it does not."""


def stops_of(target: str, text: str) -> Mapping[str, str]:
    """Return why mail stops, each reason with the cell's words; raises Unclear.

    A status that is none of the known ones stops nothing: it may be anything.
    """
    if target == STATUS:
        words = map(_bare, re.split(r"[,;|]", text))
        return {_OF_STATUS[word]: text for word in words if word in _OF_STATUS}
    said = _bare(text)
    if not said.strip("0") or said in _NO:
        return {}
    if said in _YES or _SECONDS.fullmatch(text) or _DATE.search(text):
        return {target.removeprefix(STOP): text}
    raise Unclear


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum() or sign == "✓").casefold()
