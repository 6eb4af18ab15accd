"""Stop, and start again: what a customer says by the unsubscribe link of a mail they got.

It is about the address: whoever is deleted and met again stays unsubscribed.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from afterword.suppressions.erased import spellings
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, release, suppress_all
from afterword.surveys.models import Invitation, Survey
from afterword.workspaces.models import WorkspaceRows

ONE_CLICK = "one-click"
PAGE = "preference page"
_BY_THE_PERSON = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED)


class Preferences(NamedTuple):
    """What whoever got a survey has stopped."""

    like_this: bool
    all_surveys: bool


def preferences(invitation: Invitation) -> Preferences:
    scopes = {stop.campaign_id for stop in _said(invitation)}
    return Preferences(like_this=bool(scopes), all_surveys=None in scopes)


def unsubscribe(
    invitation: Invitation, now: datetime, *, how: str, only_like_this: bool = False
) -> None:
    """Send whoever got this survey no more, or no more of its campaign; the first time counts.

    `unsubscribed_at` says that this mail made them stop, either way. It is noted last and by
    itself: a sender locks mails and surveys before customers, and what stops mail is the
    suppression.
    """
    stops = [
        Stop(
            invitation.workspace_id,
            address,
            SuppressionReason.UNSUBSCRIBED,
            how,
            campaign_id=invitation.survey.campaign_id if only_like_this else None,
            survey_id=invitation.id,
        )
        for address in _addresses(invitation)
    ]
    suppress_all(stops, now)
    row, unsubscribed = {"unsubscribed_at": None}, {"unsubscribed_at": now}
    Invitation.objects.filter(id=invitation.id, **row).update(**unsubscribed)
    Survey.objects.filter(id=invitation.survey_id, **row).update(**unsubscribed)


def resubscribe(invitation: Invitation, now: datetime) -> None:
    """Let surveys go to whoever got this one again, as they say themselves.

    They may take a complaint back too. What their mail server said is not theirs to take back.
    """
    for stop in _said(invitation):
        release(stop, how=PAGE, now=now)


def _said(invitation: Invitation) -> WorkspaceRows[Suppression]:
    return Suppression.objects.filter(
        Q(campaign_id=None) | Q(campaign_id=invitation.survey.campaign_id),
        workspace_id=invitation.workspace_id,
        pattern__in=[one for email in _addresses(invitation) for one in spellings(email)],
        reason__in=_BY_THE_PERSON,
        ended_at=None,
    )


def _addresses(invitation: Invitation) -> list[str]:
    """The address that got the mail, and the one that its customer has today."""
    survey = invitation.survey
    today = survey.customer.email if survey.customer else None
    return sorted({survey.email, today or survey.email})
