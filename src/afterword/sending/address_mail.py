"""Mail about another address of an account: the link to the new one, and word to the old one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from afterword.mail.ways.way import Letter
from afterword.sending.account_mail import (
    HARD_BOUNCED,
    NONE_BOUNCED,
    account_letter,
    hard_bounced,
    queue_account_mail,
)
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.workspaces.models import AddressChange, User
from afterword.workspaces.own_address import link_of

ADDRESS_CHANGE = "address_change"
ADDRESS_CHANGED = "address_changed"


class AddressPost:
    """What `workspaces/own_address.py` asks of mail."""

    def send_link(self, change: AddressChange) -> None:
        queue_account_mail(ADDRESS_CHANGE, change.user_id, change.email)

    def tell(self, user: User, before: str) -> None:
        queue_account_mail(ADDRESS_CHANGED, user.id, before)


def _link_may_go(mails: Sequence[Mail], now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether it is wanted still, and nobody else has the address."""
    rows = AddressChange.objects.filter(user__in={mail.about for mail in mails})
    changes = {str(one.user_id): one for one in rows.filter(expires_at__gt=now)}
    recipients = {mail.recipient for mail in mails}
    taken = set(User.objects.filter(email__in=recipients).values_list("email", flat=True))
    bounced = hard_bounced(recipients)
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        change = changes.get(mail.about)
        if change is None or change.email != mail.recipient or mail.recipient in taken:
            unwanted[mail.id] = Unwanted(detail={"address": "not wanted any more, or taken"})
        elif at := bounced.get(mail.recipient):
            unwanted[mail.id] = Unwanted(HARD_BOUNCED, {"since": at})
        else:
            mail.matter = link_of(change)
    return unwanted


def _word_may_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    bounced = hard_bounced({mail.recipient for mail in mails})
    return {
        mail.id: Unwanted(HARD_BOUNCED, {"since": at})
        for mail in mails
        if (at := bounced.get(mail.recipient))
    }


def _link_letter(mail: Mail, now: datetime) -> Letter:
    words = {"link": mail.matter}
    return account_letter(mail, now, "Your new address", "sending/address_change", words)


def _word_letter(mail: Mail, now: datetime) -> Letter:
    """The old address is not told the new one: who reads it may be somebody else by now."""
    return account_letter(mail, now, "Your address was changed", "sending/address_changed", {})


ADDRESS_CHANGE_KIND = Kind(ADDRESS_CHANGE, _link_letter, _link_may_go, condition=NONE_BOUNCED)
ADDRESS_CHANGED_KIND = Kind(ADDRESS_CHANGED, _word_letter, _word_may_go, condition=NONE_BOUNCED)
