from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from afterword.customers import amend
from afterword.decisions.reasons import Reason
from afterword.feedback.answering.answer import record_answer
from afterword.profiles.timeline import timeline_of
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_decision,
    a_member,
    a_sent_survey,
    a_survey,
    a_template,
    an_event,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def ann(member):
    return a_customer(member.workspace, email="ann@example.com")


def page(client, customer, **query):
    response = client.get(reverse("profiles:timeline", args=[customer.id]), query)
    return " ".join(response.content.decode().split())


def happen(member, ann):
    campaign = a_campaign(member.workspace, name="After an order")
    event = an_event(member.workspace, customer=ann, received_at=NOW)
    a_decision(event, Reason.SCHEDULED, campaign, decided_at=NOW + HOUR)
    survey = a_sent_survey(campaign, customer=ann, sent_at=NOW + 2 * HOUR)
    record_answer(survey, 9, "Lovely", NOW + 3 * HOUR, submitted=True)
    amend.amend(member, ann.id, amend.tags(["vip"]), NOW + 4 * HOUR)
    stop = SuppressionReason.UNSUBSCRIBED
    suppress(member.workspace_id, ann.address, stop, how="link", now=NOW + 5 * HOUR)


def test_it_tells_everything_in_one_order(client, member, ann):
    happen(member, ann)

    kinds = [one.kind for one in timeline_of(ann).entries if one.kind != "added"]
    shown = page(client, ann)

    assert kinds == ["stop", "change", "answer", "mail", "decision", "event"]
    for said in ("Unsubscribed", "Tags", f"By {member.user}", "Lovely", "To be asked"):
        assert said in shown
    assert "Order Completed" in shown


def test_a_mail_that_waits_goes_by_its_templates_name(client, member, ann):
    template = a_template(member.workspace, name="Orders", subject="Hello {{ first_name }}")
    a_survey(a_campaign(member.workspace, template=template), customer=ann)

    profile = client.get(reverse("profiles:profile", args=[ann.id])).content.decode()

    for shown in (profile, page(client, ann)):
        assert "{{" not in shown
    assert "Orders" in profile


def test_it_goes_on_where_a_page_ends_and_loses_nothing(member, ann):
    for number in range(12):
        an_event(member.workspace, customer=ann, received_at=NOW + (number // 4) * HOUR)

    first = timeline_of(ann, size=6)
    second = timeline_of(ann, first.before, size=7)
    found = [one.row.id for one in [*first.entries, *second.entries] if one.kind == "event"]

    assert first.before
    assert len(found) == len(set(found)) == 12
    assert not second.before


@pytest.mark.slow
def test_of_very_many_events_only_those_that_are_shown_are_read(client, member, ann):
    event = an_event(member.workspace, customer=ann, email=ann.address)
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [event.id])
        cursor.execute("ANALYZE events_event")
        before = rows_read(cursor)

        profile = client.get(reverse("profiles:profile", args=[ann.id]))
        shown = page(client, ann)

        assert rows_read(cursor) - before < 1_000
    assert profile.status_code == 200
    assert "Older" in shown


_MANY = """
    INSERT INTO events_event
    SELECT made.*
    FROM (SELECT * FROM events_event WHERE id = %s) AS one
    CROSS JOIN generate_series(1, 20000) AS n
    CROSS JOIN LATERAL jsonb_populate_record(
        NULL::events_event,
        to_jsonb(one) || jsonb_build_object(
            'id', gen_random_uuid(), 'message_id', 'copy ' || n,
            'received_at', one.received_at - n * interval '1 minute'
        )
    ) AS made
"""


def rows_read(cursor):
    """How many rows of the events' table this transaction has read so far."""
    cursor.execute(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s",
        ["events_event"],
    )
    return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "before",
    ["junk", "2026-01-01_1", "2026-13-01T00:00:00+00:00_1", "2026-11-01T00:00:00+00:00_-1"],
)
def test_junk_is_no_cursor(client, member, ann, before):
    an_event(member.workspace, customer=ann)

    assert "Order Completed" in page(client, ann, before=before)


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_it_and_an_outsider_does_not(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    own, other = a_customer(member.workspace), a_customer(a_member().workspace)

    for customer, code in ((own, 200), (other, 404)):
        address = reverse("profiles:timeline", args=[customer.id])
        assert client.get(address).status_code == code


def test_a_full_timeline_costs_as_many_queries_as_an_empty_one(
    client, member, ann, django_assert_max_num_queries
):
    for _ in range(5):
        happen(member, ann)

    with django_assert_max_num_queries(14):
        page(client, ann)
