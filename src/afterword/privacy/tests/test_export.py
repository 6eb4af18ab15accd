"""Exporting a person: everything that an erasure would find, readable, and nothing of others."""

import json
import re

import pytest

from afterword.privacy import export
from afterword.privacy.export import export_of
from afterword.privacy.places import PLACES
from afterword.privacy.tests.a_person import COMMENT, EMAIL, NAME, USER_ID, a_neighbour, a_person
from afterword.privacy.traces import Who, traces_of
from afterword.surveys.models import Invitation
from tests.factories import NOW, a_customer, a_workspace, an_event

pytestmark = pytest.mark.django_db


def exported(workspace, email=EMAIL):
    return json.loads(b"".join(export_of(workspace, traces_of(Who(workspace, email)), NOW)))


def test_it_knows_every_place_that_an_erasure_knows():
    workspace = a_workspace()
    a_person(workspace)

    told = exported(workspace)

    empty = {place.name for place in PLACES if not told[place.name]}
    assert empty == {"words_of_autoresponders"}
    assert (told["addresses"], told["user_ids"]) == ([EMAIL], [USER_ID])


def test_it_is_readable():
    workspace = a_workspace(name="Acme")
    person = a_person(workspace)
    campaign = person.surveys.all()[0].campaign

    told = exported(workspace)

    [answer] = told["answers"]
    assert (answer["score"], answer["comment"], answer["campaign"]) == (3, COMMENT, campaign.name)
    assert answer["created_at"] == "2026-11-01T12:00:00Z"
    assert told["events"][0]["properties"] == {"ref": NAME}
    assert told["mailbox"][0]["text"].strip() == COMMENT
    assert told["workspace"] == "Acme"


def test_it_holds_no_secret_and_nobody_else():
    workspace = a_workspace()
    a_person(workspace)
    neighbour = a_neighbour(workspace)
    tokens = Invitation.objects.values_list("answer_token", "unsubscribe_token")

    text = json.dumps(exported(workspace))

    assert neighbour.address not in text
    assert not [token for pair in tokens for token in pair if token in text]
    assert not re.search(r"sealed|lease|owner_id", text)


def test_it_is_read_in_pieces(monkeypatch):
    workspace = a_workspace()
    customer = a_customer(workspace, email=EMAIL)
    events = {str(an_event(workspace, customer=customer).id) for _ in range(5)}
    monkeypatch.setattr(export, "PIECE", 2)

    assert [one["id"] for one in exported(workspace)["events"]] == sorted(events)


def test_of_who_left_little_it_is_whole_json():
    workspace = a_workspace()
    a_customer(workspace, email=EMAIL, first_name="Zoë “Z” \\ 名")

    [told] = exported(workspace)["customers"]

    assert told["first_name"] == "Zoë “Z” \\ 名"
