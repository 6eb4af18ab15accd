"""Find whom to judge: whose answers came or changed, who had time to answer, and, in turn, others.

Rows are the truth: whoever dies on the way judges the same customers once more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from afterword.campaigns.models import Campaign
from afterword.core.keyset import newest_first
from afterword.feedback.models import Response
from afterword.feedback.risk.judge import judge
from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.sending.models import Mail
from afterword.surveys.invite import CAMPAIGN
from afterword.workspaces.models import Workspace

AT_ONCE = 1_000
PIECES = 10  # of everybody, in a run
# How much later than its time a change may be seen: transactions are shorter.
OVERLAP = timedelta(minutes=5)


def judge_customers(now: datetime) -> None:
    """Bring every workspace up to date; a workspace's first time judges everybody."""
    for workspace in Workspace.objects.filter(risk_rule=None):
        rule_of(workspace, now)
    for rule in RiskRule.objects.all():
        _catch_up(rule, now)
        if rule.anew_from is not None:
            _go_on_anew(rule, now)


def rule_of(workspace: Workspace, now: datetime) -> RiskRule:
    """Return the workspace's rule, made with the usual numbers where there is none."""
    usual = {"judged_at": now, "anew_from": ""}
    return RiskRule.objects.get_or_create(workspace=workspace, defaults=usual)[0]


def _catch_up(rule: RiskRule, now: datetime) -> None:
    since = rule.judged_at - OVERLAP
    for some in _pieces({*_answered(rule, since), *_left_unanswered(rule, since, now)}):
        judge(rule, some, now, tells=True)
    judge(rule, _judged_longest_ago(rule), now, tells=True)
    RiskRule.objects.filter(pk=rule.pk).update(judged_at=now)


def _answered(rule: RiskRule, since: datetime) -> Iterable[UUID]:
    rows = Response.objects.filter(workspace=rule.workspace_id, updated_at__gte=since)
    return rows.exclude(customer=None).values_list("customer_id", flat=True)


def _left_unanswered(rule: RiskRule, since: datetime, now: datetime) -> Iterable[UUID]:
    """Return whose mails of campaigns have by now been out for the rule's days."""
    days = timedelta(days=rule.silent_days)
    campaigns = Campaign.objects.filter(workspace=rule.workspace_id).values_list("id", flat=True)
    rows = Mail.objects.filter(
        stream_kind=CAMPAIGN,
        stream_id__in=list(campaigns),
        sent_at__gt=since - days,
        sent_at__lte=now - days,
        customer__isnull=False,
    )
    return rows.values_list("customer_id", flat=True)


def _judged_longest_ago(rule: RiskRule) -> list[UUID]:
    """Some who are at risk: what time alone changes, and what left no trace, is found so."""
    rows = AtRisk.objects.filter(workspace=rule.workspace_id).order_by("judged_at")
    return list(rows.values_list("customer_id", flat=True)[:AT_ONCE])


def _go_on_anew(rule: RiskRule, now: datetime) -> None:
    """Judge the customers of so many answers, from where it stopped; where it is, is kept."""
    answers = Response.objects.filter(workspace=rule.workspace_id)
    for _ in range(PIECES):
        page = newest_first(answers, "created_at", rule.anew_from or "", AT_ONCE)
        ids = {one.customer_id for one in page.rows if one.customer_id}
        judge(rule, ids, now, tells=False)
        before, rule.anew_from = rule.anew_from, page.after or None
        rows = RiskRule.objects.filter(pk=rule.pk, anew_from=before)
        if not rows.update(anew_from=rule.anew_from) or rule.anew_from is None:
            return  # somebody changed the rule meanwhile, or everybody was judged


def _pieces(customers: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(sorted(customers))
    while some := list(islice(rest, AT_ONCE)):
        yield some
