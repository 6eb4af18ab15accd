"""What applying a file does to a workspace."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterword.apply.apply import apply, apply_path
from afterword.apply.outcome import Outcome
from afterword.apply.problems import FileRefused
from afterword.apply.reading import read_file
from afterword.campaigns.models import Campaign
from afterword.customers.models import Property
from afterword.survey_templates.models import Template
from afterword.survey_templates.pictures import redraw
from afterword.workspaces.models import Scope, Token, Workspace, hash_token
from afterword.workspaces.tokens import revoke
from tests import factories
from tests.pictures import a_picture

PNG = a_picture()
SHOP = """\
workspace: {name: Acme, time_zone: Europe/Prague}
properties:
  - {name: subscription_name, type: text}
  - {name: signup_date, type: date}
  - {name: orders, type: number}
templates:
  - key: after-an-order
    metric: nps
    name: After an order
    logo: logo.png
    subject: "How was your order, {{ first_name | default: 'there' }}?"
    question: How likely are you to recommend us to a friend?
campaigns:
  - key: after-an-order
    name: After an order
    metric: nps
    channel: email
    type: transactional
    template: after-an-order
    trigger: {service: segment, events: [Order Completed, "Place order"]}
    audience:
      match: any
      filters:
        - {field: country, operator: is, value: USA}
        - {field: orders, operator: at least, value: 5}
    sample_percent: 50
    delay: 2 days
    throttle: {days: 30, scope: all}
    active: true
tokens: [{name: production, scope: ingest}]
"""


@pytest.fixture
def shop(tmp_path: Path, db: None) -> Path:
    (tmp_path / "logo.png").write_bytes(PNG)
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return path


def edit(path: Path, *replacements: tuple[str, str]) -> Path:
    content = path.read_text()
    for old, new in replacements:
        assert old in content
        content = content.replace(old, new)
    path.write_text(content)
    return path


def refusal(path: Path) -> list[str]:
    """Return why the file is refused, without its folder, and see that nothing was changed."""
    before = _everything()
    with pytest.raises(FileRefused) as refused:
        apply_path(path)
    assert _everything() == before
    return [each.replace(f"{path.parent}/", "") for each in refused.value.problems]


def _everything() -> list[Any]:
    tables = (Workspace, Property, Template, Campaign, Token)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def test_a_workspace_is_made_as_the_file_says(shop: Path):
    outcome = apply_path(shop)

    secret = outcome.secrets["production"]
    assert outcome.lines == [
        "created workspace Acme",
        "created property subscription_name",
        "created property signup_date",
        "created property orders",
        "created template after-an-order",
        "created campaign after-an-order",
        f"created token production: {secret}",
    ]
    workspace = Workspace.objects.get(name="Acme")
    assert workspace.time_zone == "Europe/Prague"
    assert set(workspace.properties.values_list("name", "type")) == {
        ("subscription_name", "text"),
        ("signup_date", "date"),
        ("orders", "number"),
    }
    campaign = workspace.campaigns.get()
    assert campaign.template
    assert campaign.template.logo
    assert bytes(campaign.template.logo.content) == redraw(PNG).content
    assert campaign.template.subject.startswith("How was your order, {{ first_name")
    assert campaign.events == ["Order Completed", "Place order"]
    assert campaign.audience == {
        "match": "any",
        "filters": [
            {"field": "country", "operator": "is", "value": "USA"},
            {"field": "orders", "operator": "at least", "value": 5},
        ],
    }
    assert (campaign.sample_percent, campaign.delay) == (50, timedelta(days=2))
    assert (campaign.throttle_days, campaign.throttle_scope) == (30, "all")
    assert campaign.is_active
    token = Token.objects.get(hash=hash_token(secret))
    assert (token.workspace, token.name, token.scope) == (workspace, "production", "ingest")


def test_the_same_file_again_changes_nothing(shop: Path):
    apply_path(shop)
    before = _everything()

    outcome = apply_path(shop)

    assert {line.split()[0] for line in outcome.lines} == {"unchanged"}
    assert len(outcome.lines) == 7
    assert outcome.secrets == {}
    assert _everything() == before


def test_what_changed_is_named(shop: Path):
    apply_path(shop)
    (shop.parent / "logo.png").write_bytes(a_picture(colour="red"))
    edit(
        shop,
        ("time_zone: Europe/Prague", "max_mails_per_day: 5"),
        ("delay: 2 days", "delay: 90 minutes"),
        ("throttle: {days: 30, scope: all}", "throttle: null"),
        ("active: true", "active: no"),
        ("name: After an order\n    logo", "name: Orders\n    logo"),
    )

    outcome = apply_path(shop)

    assert [line for line in outcome.lines if line.startswith("changed")] == [
        "changed workspace Acme: max_mails_per_day",
        "changed template after-an-order: name, logo",
        "changed campaign after-an-order: delay, throttle, active",
    ]
    campaign = Campaign.objects.get()
    assert campaign.delay == timedelta(minutes=90)
    assert campaign.throttle_days is None
    assert not campaign.is_active
    assert campaign.workspace.time_zone == "Europe/Prague"


def test_what_the_file_leaves_out_about_a_campaign_has_its_default(shop: Path):
    apply_path(shop)
    edit(shop, ("    sample_percent: 50\n    delay: 2 days\n", ""), ("    active: true\n", ""))

    outcome = apply_path(shop)

    assert "changed campaign after-an-order: sample_percent, delay" in outcome.lines
    campaign = Campaign.objects.get()
    assert (campaign.sample_percent, campaign.delay) == (100, timedelta(0))
    assert campaign.is_active


def test_a_logo_stays_until_the_file_names_another(shop: Path):
    apply_path(shop)
    edit(shop, ("    logo: logo.png\n", ""))
    assert "unchanged template after-an-order" in apply_path(shop).lines

    edit(shop, ("    subject:", "    logo: https://acme.test/logo.png\n    subject:"))
    apply_path(shop)

    template = Template.objects.get()
    assert (template.logo, template.logo_url) == (None, "https://acme.test/logo.png")


def test_what_the_file_does_not_name_is_left_alone(shop: Path):
    workspace = factories.a_workspace(name="Acme")
    factories.a_property(workspace, "plan")
    campaign = factories.a_campaign(workspace)
    elsewhere = factories.a_campaign(key="after-an-order")

    apply_path(shop)

    campaign.refresh_from_db()
    assert campaign.is_active
    assert workspace.campaigns.count() == 2
    assert workspace.properties.filter(name="plan").exists()
    before = elsewhere.updated_at
    elsewhere.refresh_from_db()
    assert elsewhere.updated_at == before


def test_a_campaign_may_use_what_is_only_in_the_workspace(shop: Path):
    workspace = factories.a_workspace(name="Acme")
    factories.a_template(workspace, key="there")
    factories.a_property(workspace, "plan")
    edit(
        shop,
        ("template: after-an-order", "template: there"),
        ("field: country", "field: plan"),
    )

    apply_path(shop)

    template = Campaign.objects.get().template
    assert template
    assert template.key == "there"


def test_a_campaign_that_is_on_follows_a_template_that_gets_its_logo(shop: Path):
    edit(shop, ("    logo: logo.png\n", ""), ("active: true", "active: false"))
    apply_path(shop)
    edit(
        shop, ("    subject:", "    logo: logo.png\n    subject:"), ("active: false", "active: on")
    )

    apply_path(shop)

    assert Campaign.objects.get().is_active


def test_a_revoked_token_is_not_made_again(shop: Path):
    apply_path(shop)
    revoke(Token.objects.get())

    outcome = apply_path(shop)

    assert outcome.lines[-1] == "unchanged token production (revoked)"
    assert outcome.secrets == {}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "operator: is,",
            "operator: resembles,",
            'shop.yaml:24: campaigns[0].audience.filters[0].operator: "resembles" does not fit '
            "country, a text; use one of: is, is not, ",
        ),
        (
            "field: orders",
            "field: orderz",
            "shop.yaml:25: campaigns[0].audience.filters[1].field: "
            'There is no field or property called "orderz"; did you mean "orders"?',
        ),
        (
            "value: 5}",
            "value: many}",
            "shop.yaml:25: campaigns[0].audience.filters[1].value: orders at least: ",
        ),
        (
            "    template: after-an-order",
            "    template: missing",
            "shop.yaml:19: campaigns[0].template: "
            "There is no such template; there are: after-an-order.",
        ),
        (
            "    template: after-an-order\n",
            "",
            "shop.yaml:28: campaigns[0].active: Assign a template.",
        ),
        (
            "    logo: logo.png\n",
            "",
            "shop.yaml:28: campaigns[0].active: "
            "Give the template After an order your company's logo.",
        ),
        (
            "    metric: nps\n    channel",
            "    metric: ces\n    channel",
            "shop.yaml:19: campaigns[0].template: It asks for NPS; choose one that asks for CES.",
        ),
        (
            "Europe/Prague",
            "Prague",
            "shop.yaml:1: workspace.time_zone: "
            "There is no time zone 'Prague'; write it as Europe/Prague.",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_file_is_refused_whole(shop: Path, old: str, new: str, found: str):
    [told] = refusal(edit(shop, (old, new)))

    assert told.startswith(found)
    assert Workspace.objects.count() == 0


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "signup_date, type: date",
            "signup_date, type: text",
            "shop.yaml:4: properties[1].type: "
            "The property is already a date: change it under Props & Tags, where customers' values "
            "follow.",
        ),
        (
            "    metric: nps\n    name",
            "    metric: csat\n    name",
            "shop.yaml:8: templates[0].metric: "
            "The template already asks for nps, which cannot change: make another one.",
        ),
        (
            "scope: ingest",
            "scope: read",
            "shop.yaml:30: tokens[0].scope: "
            "The token already has the scope ingest, which cannot change: make another one.",
        ),
    ],
    ids=str,
)
def test_what_a_thing_is_does_not_change(shop: Path, old: str, new: str, found: str):
    apply_path(shop)

    assert found in refusal(edit(shop, (old, new)))


def test_a_campaign_that_is_on_cannot_lose_what_it_needs(shop: Path):
    apply_path(shop)
    edit(
        shop,
        ("    active: true\n", ""),
        ('    trigger: {service: segment, events: [Order Completed, "Place order"]}\n', ""),
    )

    assert refusal(shop) == [
        "shop.yaml:14: campaigns[0].active: Choose the service that triggers the survey.",
    ]


def test_the_fatigue_budget_and_a_priority_are_told(shop: Path):
    apply_path(shop)
    edit(
        shop,
        ("time_zone: Europe/Prague", "time_zone: Europe/Prague, fatigue: {surveys: 2, days: 30}"),
        ("    delay: 2 days", "    priority: 7\n    delay: 2 days"),
    )

    lines = apply_path(shop).lines

    assert "changed workspace Acme: fatigue" in lines
    assert "changed campaign after-an-order: priority" in lines
    campaign = Campaign.objects.get()
    assert campaign.priority == 7
    assert (campaign.workspace.fatigue_surveys, campaign.workspace.fatigue_days) == (2, 30)
    edit(shop, ("{surveys: 2, days: 30}", "{surveys: 2}"))
    assert "A budget needs both: {surveys: 2, days: 30}." in refusal(shop)[0]


def test_a_campaign_that_is_on_needs_no_event_names(shop: Path):
    edit(shop, (', events: [Order Completed, "Place order"]', ""))

    apply_path(shop)

    campaign = Campaign.objects.get()
    assert (campaign.is_active, campaign.events) == (True, [])


def test_problems_of_the_file_and_of_the_workspace_are_told_together(shop: Path):
    edit(shop, ("operator: is,", "operator: resembles,"), ("delay: 2 days", "delay: soon"))

    assert [each.split(":")[1] for each in refusal(shop)] == ["24", "27"]


def test_a_name_from_elsewhere_can_be_given(shop: Path):
    outcome: Outcome = apply(read_file(shop).named("Demo"))

    assert outcome.workspace.name == "Demo"
    assert Token.objects.get().scope == Scope.INGEST


def test_an_answer_target_is_for_a_text_property_that_is_there(shop: Path):
    target = "    answer_target: {answers: 30, by: subscription_name}\n    delay:"
    apply_path(edit(shop, ("    delay:", target)))

    campaign = Workspace.objects.get(name="Acme").campaigns.get()
    assert (campaign.target_answers, campaign.target_property) == (30, "subscription_name")
    assert not [line for line in apply_path(shop).lines if not line.startswith("unchanged")]
    edit(shop, ("by: subscription_name", "by: orders"))
    assert "There is no property 'orders' of type text" in refusal(shop)[0]
