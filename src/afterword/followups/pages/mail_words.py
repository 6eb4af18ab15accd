"""Says why a mail of a follow-up stands where it does."""

from datetime import tzinfo

from afterword.decisions.explain import explain
from afterword.decisions.reasons import Reason
from afterword.sending.models import Mail, State

# What `may_still_go` noted of those that became needless.
_NEEDLESS = {
    ("answer", "changed"): "It is not what was to be followed any more: the answer changed.",
    ("notification", "off"): "The notification was switched off meanwhile.",
    ("notification", "deleted"): "The notification was deleted meanwhile.",
    ("claimed", "again"): "Who answered only claims this address: it gets one such mail a day.",
    ("autoresponder", "off"): "The autoresponder was switched off meanwhile.",
    ("autoresponder", "deleted"): "The autoresponder was deleted meanwhile.",
    ("recipient", "removed"): "This address is not told any more.",
    ("you_said", "stopped"): "It was stopped before this mail was sent.",
    ("customer", "deleted"): "The customer was deleted meanwhile.",
}


def mail_words(mail: Mail, zone: tzinfo) -> str:
    """Return a sentence or the mail server's own words; empty where nothing is to be said."""
    if mail.state in {State.DISMISSED, State.CANCELLED}:
        if mail.reason in set(Reason):
            return explain(Reason(mail.reason), mail.detail, zone)
        told = (_NEEDLESS.get((name, str(value))) for name, value in mail.detail.items())
        return next(filter(None, told), "")
    if mail.state == State.HELD:
        return "Sending is paused."
    return mail.server_reply if mail.state in {State.PARKED, State.BOUNCED, State.QUEUED} else ""
