"""By the clock: assign what the rules mean, and remind of what is overdue.

Rows are the truth: whoever dies on the way looks at the same answers once more, and one that is
assigned already is passed over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterword.feedback.loop.assign import tell
from afterword.feedback.loop.models import Assignment, AssignmentRule, To
from afterword.feedback.loop.turn import in_turn, owner_of
from afterword.feedback.models import Response
from afterword.feedback.search import in_bucket
from afterword.happenings.models import HappeningKind
from afterword.survey_templates.metrics import Bucket
from afterword.workspaces.models import Member, Role

AT_ONCE = 500
# How much later than its time a change may be seen: transactions are shorter.
OVERLAP = timedelta(minutes=5)


def follow_up(now: datetime) -> None:
    rules = AssignmentRule.objects.filter(enabled_at__isnull=False)
    for key in rules.values_list("pk", flat=True):
        while _assign_some(key, now) == AT_ONCE:
            pass
    while _remind_of_some(now) == AT_ONCE:
        pass


@transaction.atomic
def _assign_some(key: UUID, now: datetime) -> int:
    """Assign the next answers of a workspace; one worker at a time for each."""
    rows = AssignmentRule.objects.select_for_update(skip_locked=True)
    rule = rows.filter(pk=key, enabled_at__isnull=False).first()
    if rule is None:
        return 0
    answers = _not_assigned(rule)
    made = _chosen(rule, answers, now)
    Assignment.objects.bulk_create(made)
    tell(HappeningKind.FEEDBACK_ASSIGNED, made, now)
    if len(made) < AT_ONCE:
        rule.looked_at = now
    rule.save(update_fields=["last_user", "looked_at"])
    return len(made)


def _not_assigned(rule: AssignmentRule) -> Sequence[Response]:
    """Return answers of since the rule is on; they are kept from being assigned by hand now."""
    assert rule.enabled_at
    since = max(rule.enabled_at, (rule.looked_at or rule.enabled_at) - OVERLAP)
    rows = Response.objects.filter(
        in_bucket(Bucket.DETRACTOR),
        workspace=rule.workspace_id,
        counts=True,
        created_at__gte=rule.enabled_at,
        updated_at__gte=since,
        assignment=None,
    )
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return list(locked.select_related("customer").order_by("updated_at", "id")[:AT_ONCE])


def _chosen(rule: AssignmentRule, answers: Sequence[Response], now: datetime) -> list[Assignment]:
    members = Member.objects.filter(workspace=rule.workspace_id, user__is_active=True)
    people = members.exclude(role=Role.ANALYST).values_list("user__email", "user_id")
    by_email = dict(people) if answers else {}
    may = set(by_email.values())
    always = rule.user_id if rule.user_id in may else None
    turns = in_turn([one for one in rule.users if one in may], rule.last_user)
    made = []
    for answer in answers:
        user_id = always
        if rule.to == To.TURN:
            user_id = rule.last_user = next(turns, None)
        elif rule.to == To.OWNER:
            properties = answer.customer.properties if answer.customer else {}
            user_id = owner_of(properties.get(rule.owner_property), by_email) or always
        made.append(
            Assignment(
                response=answer,
                workspace_id=rule.workspace_id,
                user_id=user_id,
                assigned_at=now,
                due_at=now.replace(second=0, microsecond=0) + timedelta(hours=rule.due_hours),
            )
        )
    return made


@transaction.atomic
def _remind_of_some(now: datetime) -> int:
    rows = Assignment.objects.filter(done_at=None, reminded_at=None, due_at__lte=now)
    late = list(rows.select_for_update(skip_locked=True).order_by("due_at")[:AT_ONCE])
    keys = [one.pk for one in late]
    Assignment.objects.filter(pk__in=keys).update(reminded_at=now)
    tell(HappeningKind.FEEDBACK_OVERDUE, late, now)
    return len(late)
