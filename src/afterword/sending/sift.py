"""Of what was just claimed, pick what may go now."""

from collections.abc import Sequence
from datetime import datetime

from afterword.sending import hand_over, pace
from afterword.sending.models import Mail
from afterword.sending.recheck import settle_if_needed
from afterword.suppressions.address_check import check_before_first_survey
from afterword.suppressions.patterns import domain_of


def deliverable(mails: Sequence[Mail], now: datetime) -> list[Mail]:
    """Look at the addresses of those who never got a survey, and settle what cannot arrive."""
    customers = [mail.customer for mail in mails if mail.customer]
    bad = check_before_first_survey(customers, now)
    if bad:
        needless = [one for one in mails if one.customer_id in bad]
        settle_if_needed([one.held for one in needless], now)
    return [one for one in mails if one.customer_id not in bad]


def in_turn(server: str, mails: Sequence[Mail], now: datetime) -> list[Mail]:
    """Put off what the recipients' domains are not ready for.

    Those come first whom their domain has not refused yet, and then who has waited longest: one
    bad mailbox holds up no other.
    """
    ordered = sorted(mails, key=lambda mail: (mail.refusals > 0, mail.id))
    domains = [domain_of(mail.recipient) for mail in ordered]
    waits = pace.waits(pace.allow(server, domains, now), domains)
    until = {mail.id: at for mail, at in zip(ordered, waits, strict=True) if at}
    if until:
        late = [(mail.held, until[mail.id]) for mail in mails if mail.id in until]
        hand_over.postpone(late)
    return [mail for mail in mails if mail.id not in until]
