"""How many survey mails were sent to a customer, and what became of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from afterword.customers.models import Customer
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.search import IS_FIRST

# A survey that nobody answered for so long is called ignored.
PATIENCE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Delivery:
    surveys: int
    sent: int
    delivered: int
    opened: int  # by a person
    bounced: int  # of those sent
    responded: int
    # Of the surveys themselves: a reminder is one more mail about the same one.
    asked: int  # sent
    arrived: int  # sent, and answered or not bounced
    answered: int

    @property
    def response_rate(self) -> int | None:
        """Answered in percent of the surveys that arrived; None while none did."""
        return round(100 * self.answered / self.arrived) if self.arrived else None

    @property
    def taken(self) -> int:
        """Sent less bounced: what stands for delivered where no mail server reports it."""
        return self.sent - self.bounced


def delivery_of(customer: Customer) -> Delivery:
    sent, answered = Q(mail__sent_at__isnull=False), Q(answered_at__isnull=False)
    # A bounce of what was answered is false.
    bounced = Q(mail__bounced_at__isnull=False) & ~answered
    asked = sent & IS_FIRST
    return Delivery(
        **Invitation.objects.filter(survey__customer=customer).aggregate(
            surveys=Count("id"),
            sent=Count("id", filter=sent),
            delivered=Count("mail__delivered_at"),
            opened=Count("opened_at"),
            bounced=Count("id", filter=sent & bounced),
            responded=Count("id", filter=sent & answered),
            asked=Count("id", filter=asked),
            arrived=Count("id", filter=asked & ~bounced),
            answered=Count("id", filter=asked & answered),
        )
    )


def ignored_before(now: datetime) -> datetime:
    """Return the instant before which an unanswered survey must have been sent to be ignored."""
    return now - PATIENCE
