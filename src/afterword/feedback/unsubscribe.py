"""Stop: the customer whom a mail was sent to wants no more surveys."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from afterword.customers.models import Customer
from afterword.surveys.models import Survey


@transaction.atomic
def unsubscribe(survey: Survey, now: datetime) -> None:
    """Unsubscribe whoever got this survey; the first time counts.

    By address too: the customer may have been deleted and met again since.
    """
    Customer.objects.filter(
        Q(id=survey.customer_id) | Q(email=survey.email),
        workspace_id=survey.workspace_id,
        unsubscribed_at=None,
    ).update(unsubscribed_at=now, updated_at=now)
    Survey.objects.filter(id=survey.id, unsubscribed_at=None).update(unsubscribed_at=now)
