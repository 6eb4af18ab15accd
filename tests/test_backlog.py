"""A long queue costs no more than a short one: what is read does not grow with what waits."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterword.events.models import InboxItem
from afterword.events.take_up import is_waiting, waiting_workspaces
from afterword.sending.claim import is_any_due, streams_waiting
from tests.factories import NOW, a_campaign, a_survey, a_track, a_workspace, many_like

# Not within a transaction: VACUUM marks the pages that need no look, and that changes the plans.
pytestmark = pytest.mark.django_db(transaction=True)
MANY = 10_000
_COLUMNS = ("workspace_id", "token_id", "is_trusted", "received_at", "body", "envelope")


def most_read(call):
    """Return how many rows the greediest step of the call's queries reads, as PostgreSQL says."""
    with CaptureQueriesContext(connection) as queries:
        call()
    steps = []
    with connection.cursor() as cursor:
        for query in list(queries):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            steps += _steps(cursor.fetchone()[0][0]["Plan"])
    return max(
        (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
        for step in steps
    )


def _steps(plan):
    return [plan, *(step for part in plan.get("Plans", ()) for step in _steps(part))]


def vacuum():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def test_which_campaigns_wait_is_told_by_a_row_of_each():
    survey = a_survey()
    a_campaign()  # of which nothing waits
    many_like(survey, MANY)
    vacuum()

    assert [one.stream_id for one in streams_waiting(NOW)] == [survey.survey.campaign_id]
    assert most_read(lambda: streams_waiting(NOW)) < 10
    assert most_read(lambda: is_any_due(NOW)) < 10


def test_whose_events_wait_is_told_by_one_of_each():
    workspace = a_workspace()
    a_workspace()  # of which nothing waits
    a_track(workspace)
    item = InboxItem.objects.values(*_COLUMNS).get()
    InboxItem.objects.bulk_create(InboxItem(**item) for _ in range(MANY))
    vacuum()

    assert waiting_workspaces() == [workspace.id]
    assert most_read(waiting_workspaces) < 10
    assert most_read(lambda: is_waiting(workspace.id)) < 10
