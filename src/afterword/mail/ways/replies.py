"""What a mail server's refusal is about, and so what to do with the mail. Pure.

Three-digit codes are RFC 5321's; enhanced codes ("5.1.1") are RFC 3463's, with those added later
in IANA's registry of SMTP Enhanced Status Codes. Servers answer to RCPT also what they hold
against client, sender or sign-in, so that a bounce is only what is plainly about the address.
"""

import re
from typing import NamedTuple

from afterword.mail.ways.faults import Fault

WORDS_LIMIT = 1000


class Reply(NamedTuple):
    """A server's answer: its code, and its words without it, one line each."""

    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.words}".replace("\x00", "")[:WORDS_LIMIT]


_ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
# Authentication required, mechanism too weak, credentials invalid, encryption required (RFC 4954).
_SIGN_IN = {530, 534, 535, 538}
# The dialogue itself went wrong: unknown command, not implemented, bad sequence.
_DIALOGUE = {500, 502, 503}

_RECIPIENT_CODES = {
    "5.1.0",  # other address status: see _ABOUT_US below
    "5.1.1",  # bad destination mailbox address
    "5.1.2",  # bad destination system address
    "5.1.3",  # bad destination mailbox address syntax
    "5.1.4",  # destination mailbox address ambiguous
    "5.1.6",  # destination mailbox has moved, no forwarding address
    "5.1.9",  # message relayed to non-compliant mailer: the last hop is no mail server
    "5.1.10",  # recipient address has null MX (RFC 7505)
    "5.2.1",  # mailbox disabled, not accepting messages
    "5.7.17",  # mailbox owner has changed (RFC 7293)
    "5.7.18",  # domain owner has changed (RFC 7293)
}
_SENDER_CODES = {
    "5.1.7",  # bad sender's mailbox address syntax
    "5.1.8",  # bad sender's system address
    "5.7.27",  # sender address has null MX (RFC 7505)
    "5.7.60",  # Exchange: this client may not send as this sender
}
_LATER_CODES = {
    "5.2.0",  # other mailbox status: it exists
    "5.2.2",  # mailbox full
    "5.2.4",  # mailing list expansion problem
    "5.3.0",  # other mail system status
    "5.3.1",  # mail system full
    "5.3.2",  # system not accepting network messages
    "5.3.5",  # system incorrectly configured
}
_SIGN_IN_CODES = {
    "5.7.8",  # authentication credentials invalid (RFC 4954)
    "5.7.9",  # authentication mechanism is too weak
    "5.7.11",  # encryption required for requested authentication mechanism
    "5.7.13",  # user account disabled: ours
}
_RELAYING = re.compile(r"\brelay", re.IGNORECASE)
_SENDER_WORDS = re.compile(
    r"\bsender\b.{0,80}\b(rejected|denied|refused|not (allowed|owned|permitted|verified)"
    r"|verif)|\bnot (allowed|permitted|authori[sz]ed) to send\b|\bsend ?as\b",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT_US = re.compile(
    r"spam|spf\b|dkim|dmarc|black ?list|block ?list|\bblocked|reputation|policy|\bhelo\b|\bptr\b"
    r"|reverse dns|rdns|authenticat|\bclient (host|ip)|your ip|\bsender\b",
    re.IGNORECASE,
)
# Words with which large providers say under a code of another meaning that nobody is there.
_NOBODY = re.compile(
    r"recipient address rejected|mailbox unavailable|user unknown|no such (user|mailbox)"
    r"|unknown (user|mailbox|recipient)|does not exist|recipient not found",
    re.IGNORECASE,
)
# Mailbox unavailable, user not local, mailbox name not allowed; 556: domain takes no mail
# (RFC 7504). 501 and 504 are not among them: they are as often about how we asked.
_BARE_RECIPIENT = {550, 551, 553, 556}
# Exceeded storage allocation; the host accepts no mail now (RFC 7504).
_BARE_LATER = {521, 552}


def about_sender(reply: Reply) -> Fault:
    """Sort an answer to MAIL. A refused sender is no trouble of other senders on the server."""
    if reply.code == 421 or not 400 <= reply.code < 600:
        return Fault.SERVER
    if reply.code < 500:
        return Fault.TEMPORARY
    if _is_sign_in(reply) or reply.code in _DIALOGUE:
        return Fault.SERVER
    # Too much mail data for the system; parameters not recognised, such as SMTPUTF8.
    about_the_mail = reply.code in {552, 555} or _class(reply) in {"5.3.4", "5.6.7"}
    return Fault.MESSAGE if about_the_mail else Fault.SENDER


def about_recipient(reply: Reply) -> Fault:
    """Sort an answer to RCPT: a bad address, a mail that is not wanted, or a server's trouble.

    A server that closes the connection here, with 421, wants less mail for that domain.
    """
    if not 400 <= reply.code < 600:
        return Fault.SERVER
    if reply.code < 500:
        return Fault.TEMPORARY
    if _is_sign_in(reply):
        return Fault.SERVER
    enhanced = _class(reply)
    if _RELAYING.search(reply.words):
        # Of one domain it says that it has no route; others may go through. Never a bounce.
        return Fault.TEMPORARY
    if enhanced is None:
        return _by_code(reply)
    return _by_enhanced_code(enhanced, reply)


def about_message(reply: Reply) -> Fault:
    """Sort an answer to DATA or to the body: it may still be about the address."""
    if not 400 <= reply.code < 600:
        return Fault.UNKNOWN
    if reply.code < 500:
        return Fault.TEMPORARY
    if _is_sign_in(reply):
        return Fault.SERVER
    enhanced = _class(reply)
    if enhanced in _RECIPIENT_CODES - {"5.1.0"}:
        return Fault.RECIPIENT
    if enhanced in _LATER_CODES or (enhanced and enhanced.startswith("5.4.")):
        return Fault.TEMPORARY
    return Fault.MESSAGE


def _by_enhanced_code(enhanced: str, reply: Reply) -> Fault:
    if enhanced in _SENDER_CODES:
        return Fault.SENDER
    if enhanced == "5.1.0" and _ABOUT_US.search(reply.words):
        return _about_us(reply)
    if enhanced in _RECIPIENT_CODES:
        return Fault.RECIPIENT
    if enhanced in _LATER_CODES:
        return Fault.TEMPORARY
    if enhanced.startswith("5.4.") or enhanced == "5.5.0":
        # Network and routing, which may mend; but Microsoft's edge says 5.4.1 "Recipient address
        # rejected", and Outlook.com 5.5.0 "mailbox unavailable", of addresses that do not exist.
        return Fault.RECIPIENT if _NOBODY.search(reply.words) else Fault.TEMPORARY
    if enhanced.startswith("5.5.") and reply.code in _DIALOGUE:
        return Fault.SERVER
    # 5.7: security or policy, such as 5.7.1, 5.7.26 and 5.7.515: they refuse us, not the address.
    return _about_us(reply)


def _by_code(reply: Reply) -> Fault:
    if reply.code in _DIALOGUE:
        return Fault.SERVER
    if reply.code in _BARE_LATER:
        return Fault.TEMPORARY
    if reply.code in _BARE_RECIPIENT and not _ABOUT_US.search(reply.words):
        return Fault.RECIPIENT
    return _about_us(reply)


def _about_us(reply: Reply) -> Fault:
    return Fault.SENDER if _SENDER_WORDS.search(reply.words) else Fault.MESSAGE


def _is_sign_in(reply: Reply) -> bool:
    return reply.code in _SIGN_IN or _class(reply) in _SIGN_IN_CODES


def _class(reply: Reply) -> str | None:
    """Return the enhanced code, which comes first where there is one (RFC 2034)."""
    found = _ENHANCED.match(reply.words)
    return found[0] if found else None
