"""Let what waits for a customer follow them to another address."""

from uuid import UUID

from afterword.sending.models import WAITING, Mail
from afterword.surveys.models import Survey


def follow(customer_id: UUID, email: str) -> None:
    """Send what nobody has begun to send to `email`; what was sent stays as it was."""
    waiting = Mail.objects.filter(customer=customer_id, state__in=WAITING)
    surveys = waiting.filter(kind="survey").values_list("id", flat=True)
    Survey.objects.filter(id__in=list(surveys)).update(email=email)
    waiting.update(recipient=email)
