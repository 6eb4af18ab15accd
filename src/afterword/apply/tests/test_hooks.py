"""Inbound webhooks, and our own people, in a workspace's file."""

from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
from afterword.hooks.models import Hook
from tests.factories import NOW, a_campaign, a_customer, a_sent_survey, a_workspace

SHOP = """\
workspace: {{name: Acme{own_people}}}
campaigns:
  - {{key: tickets, name: Tickets, metric: csat, trigger: {{service: {service}}}}}
  - {{key: monthly, name: Monthly, metric: nps, type: regular}}
{hooks}
"""
HOOKS = """\
inbound_webhooks:
  - {name: Shop, campaign: tickets, service: shopify, fields: {email: [who.mail, email]}}
  - {name: Goodbyes, scope: unsubscribe, active: false}
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(tmp_path: Path):
    def written(hooks: str = "", own_people: str = "", service: str = "segment") -> Path:
        path = tmp_path / "shop.yaml"
        path.write_text(SHOP.format(hooks=hooks, own_people=own_people, service=service))
        return path

    return written


def hooks_told(path: Path) -> list[str]:
    return [line for line in apply_path(path).lines if "inbound webhook" in line]


def test_webhooks_are_made_with_their_address_told_and_then_left_alone(write):
    made = hooks_told(write(HOOKS))

    shop, goodbyes = Hook.objects.order_by("-name")
    assert made[0].startswith("created inbound webhook Shop: http")
    assert [line.rpartition("/hooks/")[2] for line in made] == [str(shop.id), str(goodbyes.id)]
    assert (str(shop.campaign), shop.service) == ("Tickets", "shopify")
    assert shop.mapping == {"email": ["who.mail", "email"]}
    assert (goodbyes.scope, goodbyes.is_on, goodbyes.campaign) == ("unsubscribe", False, None)
    assert hooks_told(write(HOOKS)) == [
        "unchanged inbound webhook Shop",
        "unchanged inbound webhook Goodbyes",
    ]


def test_what_differs_is_changed_and_told(write):
    hooks_told(write(HOOKS))
    changed = HOOKS.replace("[who.mail, email]", "email").replace("active: false", "active: true")

    assert hooks_told(write(changed)) == [
        "changed inbound webhook Shop: fields",
        "changed inbound webhook Goodbyes: active",
    ]
    assert hooks_told(write()) == []
    assert Hook.objects.count() == 2


def test_a_campaign_that_a_service_triggers_gets_its_address(write):
    [line] = hooks_told(write(service="zendesk"))

    hook = Hook.objects.get()
    assert line.startswith("created inbound webhook Zendesk: Tickets: ")
    assert line.endswith(str(hook.id))
    assert (str(hook.campaign), hook.service) == ("Tickets", "zendesk")
    assert hooks_told(write(service="zendesk")) == []


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        ("{name: A, campaign: nosuch}", "There is no such campaign; there are: monthly, tickets."),
        ("{name: A, campaign: monthly}", "Name a transactional campaign"),
        ("{name: A, scope: upsert, campaign: tickets}", "Only a webhook of the scope survey"),
        ("{name: A, scope: dance}", "is not"),
        ("{name: A, service: segment}", "is not"),
        ("{name: A, fields: {first_name: who}}", "Say where the address is found"),
        ("{name: A, fields: [email]}", "Write fields and their values here"),
        ("{name: A, secret: x}", "There is no such field"),
        ("{scope: upsert}", "This is needed."),
    ],
)
def test_what_cannot_be_is_refused_with_words(write, hook, said):
    with pytest.raises(FileRefused, match="inbound_webhooks") as refused:
        apply_path(write(f"inbound_webhooks: [{hook}]"))

    assert said in str(refused.value)
    assert not Hook.objects.exists()


def test_our_own_people_are_told_and_their_answers_do_not_count(write):
    workspace = a_workspace(name="Acme")
    ann = a_customer(workspace, email="ann@acme.test")
    record_answer(a_sent_survey(a_campaign(workspace), customer=ann), 9, "", NOW, submitted=True)

    lines = apply_path(write(own_people=', own_people: ["@Acme.test", bob@example.com]')).lines

    workspace.refresh_from_db()
    assert workspace.own_people == ["acme.test", "bob@example.com"]
    assert "changed workspace Acme: own_people" in lines
    assert not Response.objects.get().counts
    apply_path(write())
    workspace.refresh_from_db()
    assert len(workspace.own_people) == 2
    apply_path(write(own_people=", own_people: []"))
    assert Response.objects.get().counts


def test_a_new_workspace_has_its_own_people_from_the_start(write):
    lines = apply_path(write(own_people=", own_people: acme.test")).lines

    assert "created workspace Acme" in lines


def test_who_is_nobody_is_refused(write):
    with pytest.raises(FileRefused, match="is not a domain"):
        apply_path(write(own_people=', own_people: ["not a domain"]'))
