"""Stop, and start again: what a customer says by the unsubscribe link of a mail they got.

It is about the address: whoever is deleted and met again stays unsubscribed.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, release, suppress_all
from afterword.surveys.models import Survey
from afterword.workspaces.models import WorkspaceRows

ONE_CLICK = "one-click"
PAGE = "preference page"
_BY_THE_PERSON = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED)


class Preferences(NamedTuple):
    """What whoever got a survey has stopped."""

    like_this: bool
    all_surveys: bool


def preferences(survey: Survey) -> Preferences:
    scopes = {stop.campaign_id for stop in _said(survey)}
    return Preferences(like_this=bool(scopes), all_surveys=None in scopes)


def unsubscribe(survey: Survey, now: datetime, *, how: str, only_like_this: bool = False) -> None:
    """Send whoever got this survey no more, or no more of its campaign; the first time counts.

    `survey.unsubscribed_at` says that this mail made them stop, either way. It is noted last and
    by itself: a sender locks surveys before customers, and what stops mail is the suppression.
    """
    stops = [
        Stop(
            survey.workspace_id,
            address,
            SuppressionReason.UNSUBSCRIBED,
            how,
            campaign_id=survey.campaign_id if only_like_this else None,
            survey_id=survey.id,
        )
        for address in _addresses(survey)
    ]
    suppress_all(stops, now)
    Survey.objects.filter(id=survey.id, unsubscribed_at=None).update(unsubscribed_at=now)


def resubscribe(survey: Survey, now: datetime) -> None:
    """Let surveys go to whoever got this one again, as they say themselves.

    They may take a complaint back too. What their mail server said is not theirs to take back.
    """
    for stop in _said(survey):
        release(stop, how=PAGE, now=now)


def _said(survey: Survey) -> WorkspaceRows[Suppression]:
    return Suppression.objects.filter(
        Q(campaign_id=None) | Q(campaign_id=survey.campaign_id),
        workspace_id=survey.workspace_id,
        pattern__in=_addresses(survey),
        reason__in=_BY_THE_PERSON,
        ended_at=None,
    )


def _addresses(survey: Survey) -> list[str]:
    """The address that got the mail, and the one that its customer has today."""
    return sorted({survey.email, *([survey.customer.email] if survey.customer else ())})
