"""Judge some customers: who is at risk now, who is no more; a fixed number of queries."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from afterword.core import bulk
from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.feedback.risk.why import Facts, Reason, Rule, why
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.survey_templates.metrics import Metric


@transaction.atomic
def judge(rule: RiskRule, customers: Collection[UUID], now: datetime, *, tells: bool) -> None:
    """Keep who is at risk among these customers of the rule's workspace.

    `tells`: who became so is noted as a happening; not where only the rule has changed.
    """
    facts = _facts_of(rule, customers, now)
    found = {
        id_: (reason, known)
        for id_, known in facts.items()
        if (reason := why(rule.numbers, known, now))
    }
    AtRisk.objects.filter(customer__in=[id_ for id_ in customers if id_ not in found]).delete()
    rows = [_row(rule, id_, *found[id_], now) for id_ in sorted(found)]
    became = [UUID(str(id_)) for id_, is_new in bulk.insert(AtRisk, rows, _KEEP) if is_new]
    if tells:
        kind, workspace = HappeningKind.CUSTOMER_AT_RISK, rule.workspace_id
        note([Happened(workspace, kind, id_) for id_ in became], now)


# `xmax` is 0 of a row that was not there: who is at risk already stays so since then.
_KEEP = """
    ON CONFLICT (customer_id) DO UPDATE SET
        reason = excluded.reason, metric = excluded.metric, score = excluded.score,
        before = excluded.before, unanswered = excluded.unanswered, judged_at = excluded.judged_at
    RETURNING customer_id, xmax = 0
"""


def _row(
    rule: RiskRule, customer: UUID, reason: Reason, facts: Facts, now: datetime
) -> dict[str, object]:
    return {
        "customer_id": customer,
        "workspace_id": rule.workspace_id,
        "since": now,
        "reason": reason.value,
        "metric": facts.metric.value,
        "score": facts.score,
        "before": facts.before,
        "unanswered": facts.unanswered,
        "judged_at": now,
    }


def _facts_of(rule: RiskRule, ids: Collection[UUID], now: datetime) -> Mapping[UUID, Facts]:
    """Return what is known of those who ever answered; they are kept from being deleted now."""
    numbers: Rule = rule.numbers
    had_time = now - timedelta(days=numbers.silent_days)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [had_time, rule.workspace_id, sorted(ids)])
        return {
            id_: Facts(Metric(metric), score, at, before, unanswered)
            for id_, metric, score, at, before, unanswered in cursor
        }


# By index for each customer, whatever the planner believes of the tables.
_FACTS = """
    SELECT customer.id, last.metric, last.score, last.created_at,
        (SELECT before.score FROM feedback_response AS before
         WHERE before.customer_id = customer.id AND before.counts AND before.metric = last.metric
           AND (before.created_at, before.id) < (last.created_at, last.id)
         ORDER BY before.created_at DESC, before.id DESC LIMIT 1),
        (SELECT least(count(*), 32767)::int FROM surveys_survey AS survey
         WHERE survey.customer_id = customer.id AND survey.answered_at IS NULL
           AND survey.asked_at > last.created_at AND survey.asked_at <= %s)
    FROM customers_customer AS customer
    CROSS JOIN LATERAL (
        SELECT * FROM feedback_response AS answer
        WHERE answer.customer_id = customer.id AND answer.counts
        ORDER BY answer.created_at DESC, answer.id DESC LIMIT 1
    ) AS last
    WHERE customer.workspace_id = %s AND customer.id = ANY(%s)
    ORDER BY customer.id FOR KEY SHARE OF customer
"""
