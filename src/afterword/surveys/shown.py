"""Surveys that are shown on a page: they throttle as mails do, and are none."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from afterword.campaigns.models import Channel
from afterword.decisions.terms import PastSurvey
from afterword.surveys.models import Invitation, Survey


def surveys_on_pages(
    customer_ids: Collection[UUID], since: datetime
) -> dict[UUID, list[PastSurvey]]:
    """Return those that were shown since then, or still wait for the customer to come by.

    By customer, newest first; one query. A reminder on a page counts as showing it.
    """
    invitations = Invitation.objects.filter(survey=OuterRef("id")).order_by()
    shown = invitations.values("survey").annotate(last=Max("shown_at")).values("last")
    first = Invitation.objects.filter(id=OuterRef("id")).values("due_at")
    rows = Survey.objects.filter(customer_id__in=customer_ids).exclude(channel=Channel.EMAIL)
    on_pages = rows.annotate(
        at=Coalesce(Subquery(shown), "asked_at", Subquery(first), "created_at"),
        priority=F("campaign__priority"),
    ).filter(Q(asked_at__isnull=False, at__gt=since) | Q(asked_at=None, ended_at=None))
    past: dict[UUID, list[PastSurvey]] = {id_: [] for id_ in customer_ids}
    for one in on_pages.order_by("-at"):
        if one.customer_id:
            waits = one.asked_at is None
            past[one.customer_id].append(
                PastSurvey(one.id, one.campaign_id, one.at, waits, one.priority, is_mail=False)
            )
    return past
