"""What a provider's refusal over HTTP is about, and so what to do with the mail. Pure."""

import json
import re

from afterword.core import foreign_json
from afterword.mail.ways.faults import Fault

_SENDER = re.compile(
    r"sender (signature|identity)|UnauthenticatedFromAddress|unverified|not verified"
    r"|(sender|from|domain)\b.{0,60}\b(isn't|is not|not|invalid|must be) ?(verified|valid|allowed"
    r"|authori[sz]ed|confirmed)|invalid 'from'",
    re.IGNORECASE | re.DOTALL,
)
_RECIPIENT = re.compile(
    r"'to' parameter is not a valid|invalid [`'\"]?to[`'\"]? (field|address)"
    r"|(recipient|to address)\b.{0,40}\b(is|are|has been|was) (invalid|not valid|inactive|"
    r"suppressed|blacklisted|blocklisted)|inactive recipient",
    re.IGNORECASE | re.DOTALL,
)
# Names by which Mandrill (HTTP 500) and Postal (HTTP 200) tell that the account itself is refused.
_ACCOUNT = re.compile(
    r"Invalid_Key|PaymentRequired|InvalidServerAPIKey|ServerSuspended|AccessDenied"
)
_ABOUT_THE_MAIL = re.compile(r"ValidationError|parameter-error|Invalid_Template")
_ALREADY = re.compile(r"invalid_idempotent_request", re.IGNORECASE)

SLOW_DOWN = 421  # the SMTP code that stands for a provider's wish to be asked less


def fault_of(status: int, body: str, *, is_idempotent: bool) -> tuple[Fault, int | None]:
    """Return what a refusal is about, and the SMTP code it is like (421: slow down).

    What may have been done all the same is UNKNOWN, but where the provider takes a mail only once
    it may simply be tried again. 5xx: 503 says that the request was not taken on; 500, 502 and
    504 do not say.
    """
    again = Fault.TEMPORARY if is_idempotent else Fault.UNKNOWN
    if _ACCOUNT.search(body) and (status >= 500 or status < 300):
        return Fault.SERVER, None
    if status < 300 or status >= 500:
        if _SENDER.search(body):
            return Fault.SENDER, None
        if _ABOUT_THE_MAIL.search(body):
            return Fault.MESSAGE, None
        return (Fault.TEMPORARY, SLOW_DOWN) if status == 503 else (again, None)
    if status == 429:
        return Fault.TEMPORARY, SLOW_DOWN
    if status == 408:
        return again, None
    if status == 409 and is_idempotent:  # the first try of the same mail is still under way
        return Fault.TEMPORARY, None
    if _SENDER.search(body):
        return Fault.SENDER, None
    if status in {400, 406, 422} and _RECIPIENT.search(body):
        return Fault.RECIPIENT, None
    if status < 400 or status in {401, 402, 403, 404, 405, 407}:
        return Fault.SERVER, None
    return Fault.MESSAGE, None


def was_taken_before(status: int, body: str) -> bool:
    """Whether a mail is refused because an earlier try of it, in other words, was taken."""
    return status == 409 and bool(_ALREADY.search(body))


def words_of(body: str) -> str:
    """Return what a provider says, on one line: the message of an answer in JSON, else all."""
    try:
        found = foreign_json.read(body.encode(errors="replace"))
    except foreign_json.Malformed:
        return " ".join(body.split())
    if isinstance(found, dict):
        for name in ("message", "Message", "ErrorMessage", "detail", "error"):
            if isinstance(found.get(name), str):
                return " ".join(found[name].split())
    return " ".join(json.dumps(found).split())
