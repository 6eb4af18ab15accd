"""Public addresses of pages that stand in mails."""

from uuid import UUID

from django.conf import settings

from afterword.core.signed_ids import sign


def survey_link(answer_token: str) -> str:
    return f"{settings.BASE_URL}/s/{answer_token}"


def campaign_link(link_token: str) -> str:
    """The address of a link campaign, which a company hands out itself."""
    return f"{settings.BASE_URL}/l/{link_token}"


def trap_link(answer_token: str) -> str:
    """The address that no person sees: whoever follows it is a machine."""
    return f"{settings.BASE_URL}/s/{answer_token}/more"


def unsubscribe_link(unsubscribe_token: str) -> str:
    return f"{settings.BASE_URL}/u/{unsubscribe_token}"


def open_link(survey_id: UUID) -> str:
    """The address of the picture that tells that a mail was opened."""
    return f"{settings.BASE_URL}/o/{sign('open', survey_id)}.gif"


def logo_link(logo_id: object) -> str:
    return f"{settings.BASE_URL}/logos/{logo_id}"
