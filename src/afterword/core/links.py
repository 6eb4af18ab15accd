"""Public addresses of pages that stand in mails."""

from django.conf import settings


def survey_link(answer_token: str) -> str:
    return f"{settings.BASE_URL}/s/{answer_token}"


def unsubscribe_link(unsubscribe_token: str) -> str:
    return f"{settings.BASE_URL}/u/{unsubscribe_token}"


def logo_link(logo_id: object) -> str:
    return f"{settings.BASE_URL}/logos/{logo_id}"
