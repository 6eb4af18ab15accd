"""Erasing a person: nothing of them is left in the database, and nothing of others is lost."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from afterword.api.tests.rows import a_response
from afterword.core.clock import database_now
from afterword.customers.importing.models import Import, Piece
from afterword.customers.models import Customer
from afterword.events.models import Event, InboxItem
from afterword.feedback.models import Response
from afterword.flow import process_events
from afterword.followups.engine.deliver import record
from afterword.followups.engine.post import Reply, Request
from afterword.followups.engine.settle import Tried
from afterword.followups.models import Attempt, Delivery, YouSaid
from afterword.followups.you_said.forecast import forecast
from afterword.long_work.models import Work
from afterword.privacy.erase import CannotErase, erase
from afterword.privacy.models import Erasure
from afterword.privacy.places import APART, PLACES
from afterword.privacy.removal import Wish
from afterword.privacy.tests.a_person import EMAIL, NAME, SAYS, a_neighbour, a_person, rows_of
from afterword.privacy.traces import Who
from afterword.sending.models import Mail, State
from afterword.suppressions.suppress import standings
from afterword.surveys.models import Survey
from afterword.workspaces.models import Workspace
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_sent_survey,
    a_track,
    a_workspace,
)
from tests.locks import beside, waits_for_us

pytestmark = pytest.mark.django_db

EVERYTHING = Wish(keeps_scores=False)


@pytest.fixture
def workspace() -> Workspace:
    return a_workspace()


def whole_database(words: tuple[str, ...]) -> list[str]:
    """Return where one of the words stands, in any column of any table, as `table: word`."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT table_name, coalesce(string_agg(
                format(' || encode(coalesce(%I, %L), %L)', column_name, '', 'escape'), ''
            ) FILTER (WHERE data_type = 'bytea'), '')
            FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            GROUP BY table_name
        """)
        found = []
        for table, binary in cursor.fetchall():
            text = f"lower(one::text{binary})"
            count = "count(*) FILTER (WHERE position(%s in " + text + ") > 0)"
            counts = ", ".join([count] * len(words))
            cursor.execute(
                f'SELECT {counts} FROM "{table}" AS one',
                [word.lower() for word in words],
            )
            told = zip(words, cursor.fetchone(), strict=True)
            found += [f"{table}: {word}" for word, count_ in told if count_]
        return found


def erased(workspace: Workspace, wish: Wish = EVERYTHING, email: str = EMAIL) -> Erasure:
    return erase(Who(workspace, email), wish, None, database_now())


@pytest.mark.parametrize("keeps_scores", [True, False])
def test_nothing_is_left_in_the_whole_database(workspace, keeps_scores):
    a_person(workspace)
    where = whole_database(SAYS)
    assert {place.split(":")[0] for place in where} >= {
        place.model._meta.db_table for place in PLACES if place.name not in _BY_KEYS
    }, "the person is not everywhere"

    receipt = erased(workspace, Wish(keeps_scores))

    assert whole_database(SAYS) == []
    assert set(receipt.counts) == {place.name for place in PLACES} - _NONE_THERE


# Nothing in these names anybody but by keys.
_BY_KEYS = {
    "at_risk", "happenings", "changes", "invitations", "slack_threads", "told_what_we_did",
    "words_of_autoresponders",
}  # fmt: skip
_NONE_THERE = {"words_of_autoresponders"}


def test_nothing_of_others_is_lost(workspace):
    models = [place.model for place in PLACES]
    a_neighbour(workspace)
    a_neighbour(a_workspace())
    before = rows_of(*models)
    a_person(workspace)

    erased(workspace)

    # what stops mail to the address stays, and so do the rules that told of it
    after = rows_of(*models)
    names = ("Pace", "Webhook", "Notification", "Delivery", "SavedView", "YouSaid")
    stays = dict.fromkeys(names, 1)
    stays["Suppression"] = 2
    assert after == {name: count + stays.get(name, 0) for name, count in before.items()}


def test_a_draft_that_asked_for_them_reaches_nobody_then(workspace):
    """Its filter is gone, and without one it would reach everybody."""
    a_person(workspace)
    YouSaid.objects.update(begun_at=None)
    a_response(a_sent_survey(a_campaign(workspace), customer=a_customer(workspace)), 3, NOW)

    erased(workspace)

    assert forecast(YouSaid.objects.get(), timezone.now()).looked_at == 0


def test_the_same_person_elsewhere_stays(workspace):
    a_person(workspace)
    other = a_workspace()
    a_customer(other, email=EMAIL, first_name=NAME)

    erased(workspace)

    assert Customer.objects.get().workspace == other


def test_a_score_is_kept_of_nobody(workspace):
    a_person(workspace)
    before = Response.objects.get()

    erased(workspace, Wish(keeps_scores=True))

    kept = Response.objects.get()
    assert (kept.score, kept.campaign, kept.counts) == (3, before.campaign, True)
    assert (kept.survey, kept.customer, kept.email, kept.comment) == (None, None, "", "")
    assert kept.id != before.id
    assert kept.created_at == datetime(2026, 11, 1, tzinfo=UTC)


def test_who_unsubscribed_is_not_asked_when_the_address_comes_back(workspace):
    a_person(workspace)
    erased(workspace)
    campaign = a_campaign(workspace)
    a_track(workspace, EMAIL)

    process_events(workspace.id, NOW)

    returned = Customer.objects.get(email=EMAIL)
    assert returned.unsubscribed_at
    assert returned.first_name == ""
    assert [one.reason for one in campaign.decisions.all()] == ["unsubscribed"]
    assert standings([(workspace.id, EMAIL)])


def test_somebody_nobody_stopped_starts_anew(workspace):
    a_customer(workspace, email=EMAIL, last_surveyed_at=NOW)
    erased(workspace)
    campaign = a_campaign(workspace)
    a_track(workspace, EMAIL)

    process_events(workspace.id, NOW)

    assert Survey.objects.get().campaign == campaign


def test_who_has_no_row_any_more_is_found_by_the_address(workspace):
    a_person(workspace).delete()

    erased(workspace)

    assert not Survey.objects.exists()
    assert not Event.objects.filter(email=EMAIL).exists()
    assert not Mail.objects.filter(recipient=EMAIL).exists()


def test_an_address_of_before_is_erased_too_but_not_its_owner_of_today(workspace):
    customer = a_customer(workspace, email="new@example.com")
    a_sent_survey(a_campaign(workspace), customer=customer, email="old@example.com")
    a_sent_survey(a_campaign(workspace), customer=customer, email="other@example.com")
    heir = a_customer(workspace, email="other@example.com")

    erased(workspace, email="new@example.com")

    assert whole_database(("old@example.com", "new@example.com")) == []
    assert Customer.objects.get() == heir


def test_a_mail_that_is_being_handed_over_is_waited_for(workspace):
    customer = a_person(workspace)
    survey = a_sent_survey(a_campaign(workspace), customer=customer)
    soon = database_now() + timedelta(seconds=20)
    Mail.objects.filter(id=survey.id).update(state=State.HANDING_OVER, lease_until=soon)

    with pytest.raises(CannotErase, match="Try again in a minute"):
        erased(workspace)

    assert Customer.objects.filter(email=EMAIL).exists()
    Mail.objects.filter(id=survey.id).update(lease_until=database_now())
    assert erased(workspace).counts


def test_a_file_that_names_another_with_a_longer_address_is_not_waited_for(workspace):
    a_person(workspace)
    file = Import.objects.create(
        workspace=workspace, name="b.csv", size=1, lines=1, encoding="utf-8", separator=",",
        created_at=NOW,
    )  # fmt: skip
    Piece.objects.create(of=file, first_line=1, content=f"jo{EMAIL},Joann\n".encode())

    assert erased(workspace).counts
    assert Piece.objects.get().of == file


def test_a_file_that_is_being_imported_is_waited_for(workspace):
    a_person(workspace)
    Work.objects.update(ended_at=None)

    with pytest.raises(CannotErase, match="or let it end"):
        erased(workspace)

    assert Customer.objects.filter(email=EMAIL).exists()


def test_nobody_is_erased_of_whom_nothing_is_there(workspace):
    with pytest.raises(CannotErase, match="Nothing of"):
        erased(workspace, email="nobody@example.com")
    assert not Erasure.objects.exists()


def test_events_of_others_that_mention_them_are_not_lost(workspace):
    a_customer(workspace, email=EMAIL)
    a_track(workspace, "bob@example.com", properties={"referredBy": EMAIL})

    erased(workspace)

    assert InboxItem.objects.count() == 1


def test_a_follow_up_that_is_under_way_leaves_nothing(workspace):
    a_person(workspace)
    delivery = Delivery.objects.filter(webhook__isnull=False).get()
    erased(workspace)

    request = Request("https://hook.test/", NAME.encode(), {})
    record([Tried(delivery, request, Reply(200, NAME, "", 3), is_final=False)], NOW)

    assert not Attempt.objects.filter(delivery_id=delivery.id).exists()


def test_what_could_be_undone_is_forgotten(workspace):
    member = a_member(workspace)
    customer = a_customer(workspace, email=EMAIL, tags=[NAME])
    browser = Client()
    browser.force_login(member.user)
    browser.post(f"/customers/{customer.id}/tags/removal", {"tag": NAME})
    assert any("undo" in session.get_decoded() for session in Session.objects.all())

    receipt = erased(workspace)

    assert not any("undo" in session.get_decoded() for session in Session.objects.all())
    assert receipt.counts["offers_to_undo"] == 1
    assert browser.get("/customers").status_code == 200, "the session goes on"


@pytest.mark.django_db(transaction=True)
def test_who_signs_out_meanwhile_keeps_nobody_from_erasing(workspace):
    customer = a_customer(workspace, email=EMAIL, tags=[NAME])
    browser = Client()
    browser.force_login(a_member(workspace).user)
    browser.post(f"/customers/{customer.id}/tags/removal", {"tag": NAME})

    with beside() as start, transaction.atomic():
        Session.objects.all().delete()
        other = start(lambda: erased(workspace))
        assert waits_for_us(other)

    assert "offers_to_undo" not in other.result().counts
    assert not Customer.objects.exists()


def test_the_receipt_says_nothing_of_the_person(workspace):
    a_person(workspace)

    receipt = erased(workspace)

    said = json.dumps(receipt.counts).lower()
    assert not [word for word in SAYS if word.lower() in said]


def test_every_model_is_a_place_or_stands_apart():
    ours = {one._meta.label for one in apps.get_models() if one.__module__.startswith("afterword")}
    places = {place.model._meta.label for place in PLACES}

    assert ours - places - set(APART) == set(), "decide in privacy/places.py what becomes of these"
    assert set(APART) - ours == set(), "these are no more"
    assert not places & set(APART)
