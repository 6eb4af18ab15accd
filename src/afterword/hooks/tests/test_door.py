import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from afterword import flow
from afterword.core.sealed import seal
from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.decisions.reasons import Reason
from afterword.events.models import Event, InboxItem
from afterword.hooks import door
from afterword.hooks.forget import CALLS_FOR, forget_old
from afterword.hooks.models import Hook, HookCall, HookScope, Outcome
from afterword.hooks.signature import signature_of
from afterword.occasions.occasion import Kind
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Survey
from tests.factories import a_campaign, a_customer, a_property, a_workspace

pytestmark = pytest.mark.django_db
ANN = {"email": "Ann@Example.com", "first_name": "Ann", "company": "Acme", "tags": "vip", "plan": 3}


def a_hook(scope=HookScope.SURVEY, **fields):
    campaign = fields.pop("campaign", None)
    if campaign is None and scope == HookScope.SURVEY:
        campaign = a_campaign(events=[], service="webhook")
    workspace = campaign.workspace if campaign else a_workspace()
    return Hook.objects.create(
        workspace=fields.pop("workspace", workspace),
        name="Shop orders",
        scope=scope,
        campaign=campaign,
        **fields,
    )


def post(client, hook, body, **headers):
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"/hooks/{hook.id}", sent, content_type="application/json", headers=headers)


def process(hook):
    flow.process_events(hook.workspace_id, timezone.now())


def test_a_call_asks_the_customer_by_the_hooks_campaign(client):
    hook = a_hook()
    a_property(hook.workspace, "plan", "number")
    a_property(hook.workspace, "kept", "text")
    known = a_customer(hook.workspace, email="ann@example.com", properties={"kept": "as it was"})

    answer = post(client, hook, ANN)
    process(hook)

    assert (answer.status_code, answer.json()["data"]["outcome"]) == (200, "taken")
    survey = Survey.objects.get()
    assert (survey.email, survey.campaign_id) == ("ann@example.com", hook.campaign_id)
    assert (survey.occasion_kind, survey.event_id) == (Kind.HOOK, Event.objects.get().id)
    known.refresh_from_db()
    assert (known.first_name, known.company_name, known.tags) == ("Ann", "Acme", ["vip"])
    assert known.properties == {"plan": 3, "kept": "as it was"}  # a hook unassigns nothing
    event = Event.objects.get()
    assert (event.name, event.token_id) == ("Shop orders", None)
    assert event.message_id == answer.json()["data"]["messageId"] == hook.calls.get().message_id


def test_who_is_made_known_comes_from_the_service(client):
    hook = a_hook(service="zendesk")

    post(client, hook, {"ticket": {"requester": {"email": "bob@example.com"}}})
    process(hook)

    assert Customer.objects.get().source == "Zendesk"


def test_a_form_is_taken_too(client):
    hook = a_hook()

    answer = client.post(f"/hooks/{hook.id}", {"email": "ann@example.com", "first_name": "Ann"})
    process(hook)

    assert answer.status_code == 200
    assert Customer.objects.get().first_name == "Ann"


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Message-Id"])
def test_the_same_message_asks_once(client, header):
    hook = a_hook()

    for _ in range(2):
        assert post(client, hook, ANN, **{header: "order-17"}).status_code == 200
    process(hook)
    post(client, hook, ANN, **{header: "order-17"})
    process(hook)

    assert Survey.objects.count() == 1
    assert Event.objects.get().retries == 2


def test_without_an_id_each_call_is_one(client):
    hook = a_hook()

    post(client, hook, ANN)
    post(client, hook, ANN)
    process(hook)

    assert Event.objects.count() == 2


def test_a_campaign_that_is_off_asks_nobody_and_says_so(client):
    hook = a_hook()
    hook.campaign.activated_at = None
    hook.campaign.save()

    post(client, hook, ANN)
    process(hook)

    assert Decision.objects.get().reason == Reason.CAMPAIGN_OFF


@pytest.mark.parametrize("scope", [HookScope.UPSERT, HookScope.SURVEY])
def test_without_a_campaign_the_customer_is_brought_up_to_date(client, scope):
    hook = a_hook(HookScope.UPSERT)
    Hook.objects.filter(id=hook.id).update(scope=scope)

    answer = post(client, hook, ANN)
    process(hook)

    assert answer.json()["data"]["outcome"] == "updated"
    assert (Customer.objects.get().first_name, Event.objects.count()) == ("Ann", 0)


def test_unsubscribing_stops_mail_to_who_is_a_customer_and_makes_nobody_one(client):
    hook = a_hook(HookScope.UNSUBSCRIBE)
    a_customer(hook.workspace, email="ann@example.com")

    outcomes = [
        post(client, hook, {"email": email}).json()["data"]["outcome"]
        for email in ("ann@example.com", "ann@example.com", "bob@example.com")
    ]

    assert outcomes == ["unsubscribed", "already", "unknown"]
    assert Suppression.objects.get().pattern == "ann@example.com"
    assert not Customer.objects.filter(email="bob@example.com").exists()


def test_a_signature_is_checked_where_a_secret_is_set(client):
    hook = a_hook(sealed_secret=seal("hook_secret"))
    body = json.dumps(ANN)
    right = signature_of("hook_secret", body.encode())

    answers = [
        post(client, hook, body, **({"X-Signature": sent} if sent else {})).status_code
        for sent in ("", "f00", right[:-1] + "é", right, f"sha256={right.upper()}")
    ]

    assert answers == [401, 401, 401, 200, 200]
    assert InboxItem.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "cannot be read"),
        ("[" * 5000, 400, "nested deeper"),
        ('{"a":' * 100 + "1" + "}" * 100, 400, "nested deeper"),
        ("[]", 400, "one JSON object"),
        ('"text"', 400, "one JSON object"),
        (b'{"email": "\xff"}', 400, "not valid UTF-8"),
        ("", 400, "cannot be read"),
        ("{}", 422, "No e-mail address was found at `email`"),
        ('{"email": "ann"}', 422, "'ann' is no e-mail address"),
        ('{"email": ["a@b.example"]}', 422, "is no e-mail address"),
        ('{"email": {"a": 1}}', 422, "No e-mail address"),
        (json.dumps({"email": "a@b.example", "x": "y" * 30_000}), 413, "too much"),
        ("x" * 70_000, 413, "larger than"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_words(client, body, status, said):
    hook = a_hook()

    answer = post(client, hook, body)

    assert answer.status_code == status, answer.content
    assert said in answer.json()["message"]
    assert not InboxItem.objects.exists()


def test_what_postgresql_cannot_hold_is_replaced(client):
    hook = a_hook()

    post(client, hook, r'{"email": "ann@example.com", "first_name": "A\u0000\ud800n"}')
    client.post(f"/hooks/{hook.id}", {"email": "bob@example.com", "first_name": "B\x00b"})
    process(hook)

    assert set(Customer.objects.values_list("first_name", flat=True)) == {
        "A\ufffd\ufffdn",
        "B\ufffdb",
    }


def test_what_was_refused_is_shown_without_keys(client):
    hook = a_hook()

    post(client, hook, {"who": "aw_" + "0123456789" * 3, "api_key": 7, "in": [{"token": "abc"}]})

    call = HookCall.objects.get()
    assert call.outcome == Outcome.REFUSED
    assert json.loads(call.excerpt) == {"who": "…", "api_key": "…", "in": [{"token": "…"}]}


def test_strangers_learn_only_what_to_do(client):
    hook = a_hook(switched_off_at=timezone.now())

    assert post(client, hook, ANN).status_code == 403
    assert client.get(f"/hooks/{hook.id}").status_code == 405
    Hook.objects.filter(id=hook.id).delete()
    assert post(client, hook, ANN).status_code == 404


def test_a_flood_is_turned_away(client, monkeypatch):
    monkeypatch.setattr(door, "MOST_A_MINUTE", 2)
    hook = a_hook()
    cache.clear()

    answers = [post(client, hook, ANN) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Retry-After"] == "60"


def test_old_calls_are_forgotten_and_so_is_what_many_followed(client, monkeypatch):
    monkeypatch.setattr("afterword.hooks.forget.MOST_CALLS", 2)
    hook, other, now = a_hook(), a_hook(), timezone.now()
    for _ in range(3):
        post(client, hook, ANN)
    post(client, other, ANN)
    HookCall.objects.filter(hook=other).update(received_at=now - CALLS_FOR - timedelta(hours=1))

    forget_old(now)

    assert (hook.calls.count(), other.calls.count()) == (2, 0)


@pytest.mark.parametrize("path", ["", "not-an-id", f"{UUID(int=0)}", f"{UUID(int=0)}/more"])
def test_programs_are_told_in_json_that_an_address_is_nobodys(path):
    answer = Client(enforce_csrf_checks=True).post(f"/hooks/{path}", {})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert "No inbound webhook has this address." in answer.content.decode()
