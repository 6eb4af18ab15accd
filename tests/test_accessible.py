"""No page has a serious fault that axe finds: light and dark, as an owner sees it."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from afterword.customers.models import Company
from afterword.feedback.answering.answer import More, record_answer
from afterword.hooks.models import Hook
from afterword.workspaces.invites import invite, link_of
from afterword.workspaces.models import Invite
from tests.browser.chromium import chromium
from tests.clients.node import MODULES
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_reminder_of,
    a_sent_survey,
    a_survey,
    a_template,
)
from tests.imports import a_file
from tests.long_work import some_work

AXE = MODULES / "axe-core" / "axe.min.js"
RUN = """async (options) => {
  const changing = document.getAnimations().filter((each) => each instanceof CSSTransition);
  await Promise.allSettled(changing.map((each) => each.finished));
  return JSON.stringify((await axe.run(options)).violations);
}"""
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # nothing else differs in the dark
GRAVE = {"serious", "critical"}
QUESTIONS = [
    {"key": "why", "type": "choice", "text": "Why us?", "choices": ["Price", "Speed"]},
    {"key": "food", "type": "rating", "text": "The food?"},
    {"key": "more", "type": "text", "text": "What else?"},
]


@pytest.fixture
def places(transactional_db):
    """A workspace with one of everything; the addresses of its pages, and who sees them."""
    member = a_member()
    workspace = member.workspace
    plan = a_property(workspace, "plan")
    template = a_template(workspace, questions=QUESTIONS, consent="You may quote me.")
    campaign = a_campaign(workspace, template=template)
    hooked = a_campaign(workspace, events=[], service="zendesk")
    hook = Hook.objects.create(
        workspace=workspace, name="Tickets", campaign=hooked, service="zendesk"
    )
    regular = a_campaign(workspace, type="regular", events=[], service="", first_after_days=3)
    acme = Company.objects.create(workspace=workspace, name="Acme", key="acme")
    Company.objects.create(workspace=workspace, name="Ltd", key="ltd", merged_into=acme)
    customer = a_customer(
        workspace, first_name="Ann", properties={"plan": "pro"}, tags=["vip"], company=acme
    )
    in_app = a_campaign(workspace, channel="inapp", template=template)
    by_call = a_campaign(workspace, service="api", events=[])
    survey = a_sent_survey(campaign, customer=customer)
    a_reminder_of(survey)
    a_survey(campaign)
    late = a_sent_survey(campaign, customer=customer)
    record_answer(late, 3, "Slow", timezone.now(), submitted=True)
    open_survey = a_sent_survey(campaign)
    file = a_file(member, "email,plan size\nann@example.com,3\nnobody,4\n")
    work = some_work(member)
    record_answer(survey, 9, "Neat", NOW, submitted=True, more=More({"why": "Price"}))
    of_campaign = [
        f"/campaigns/{campaign.id}{section}"
        for section in ("", "/audience", "/schedule", "/reminders", "/setup", "/name", "/results",
                        "/dry-run", "/notifications", "/autoresponders", "/webhooks")
    ]  # fmt: skip
    return Client(), member, [
        "/", "/campaigns", "/campaigns/new", "/feedback", "/feedback/hits", "/customers",
        "/customers/new", "/settings/properties?new=property",
        "/customers?q=a&field=tags&operator=includes&value=vip&group=", "/customers/views/new?q=a",
        "/customers/bulk?act=delete&scope=all", "/customers/bulk?act=add_tag&scope=ticked",
        f"/customers/{customer.id}", f"/customers/{customer.id}/edit",
        "/queue", "/settings/own-people", "/settings/at-risk", "/settings/close-the-loop",
        f"/feedback/{survey.survey.response.id}/assignment", "/feedback?loop=open",
        "/customers/companies", f"/customers/companies/{acme.id}",
        f"/customers/companies/{acme.id}/customers", f"/customers/companies/{acme.id}/names",
        "/events", "/outbox",
        f"/outbox/{survey.id}", "/templates", "/templates/new", "/templates/new?metric=ces",
        f"/templates/{template.id}", "/follow-ups",
        "/follow-ups/deliveries", "/follow-ups/notifications/new", "/follow-ups/webhooks/new",
        f"/campaigns/{campaign.id}/autoresponders/new", "/parts",
        "/customers/import", f"/customers/import/{file.id}", f"/work/{work.id}",
        "/settings/tokens", "/settings/brand", "/settings/mail-server", "/settings/properties",
        "/settings/file", f"/settings/properties/{plan.id}/type?type=number",
        "/settings/sender-domains", "/settings/workspace", "/settings/members", "/account",
        f"/settings/members/{member.id}/removal", path_of_an_invite(member), "/settings/erasures",
        f"/customers/{customer.id}/erasure",
        "/settings/inbound-webhooks", "/settings/inbound-webhooks/new",
        f"/settings/inbound-webhooks/{hook.id}", f"/campaigns/{hooked.id}/setup",
        *of_campaign, f"/campaigns/{regular.id}/schedule",
        f"/campaigns/{in_app.id}/in-app", f"/campaigns/{in_app.id}/setup",
        f"/campaigns/{in_app.id}/reminders", f"/campaigns/{by_call.id}/setup",
        f"/s/{open_survey.answer_token}?score=9", f"/u/{open_survey.unsubscribe_token}",
    ]  # fmt: skip


def path_of_an_invite(member):
    link = link_of(invite(member.workspace, "ann@acme.test", "member", member.user, NOW))
    Invite.objects.update(expires_at=timezone.now() + timedelta(days=1))
    return urlsplit(link).path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_axe_finds_nothing_grave(live_server, places):
    client, member, addresses = places
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    with chromium() as browser:
        visitor = browser.new_context(
            color_scheme="light", reduced_motion="reduce", bypass_csp=True
        )
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        found = {address: faults(visitor, live_server.url + address) for address in addresses}

    assert {address: said for address, said in found.items() if said} == {}


def faults(visitor: BrowserContext, address: str) -> list[str]:
    page = visitor.new_page()
    answer = page.goto(address)
    assert answer
    if answer.status != 200:
        return [f"it answers {answer.status}"]
    page.add_script_tag(path=AXE)
    found = [f"in the light {fault}" for fault in run_axe(page, {})]
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark {fault}" for fault in run_axe(page, COLOURS)]
    page.close()
    return found


def run_axe(page: Page, options: dict[str, object]) -> list[str]:
    said = page.evaluate(RUN, options)
    return [
        f"{each['id']}: {[node['html'][:150] for node in each['nodes'][:3]]}"
        for each in json.loads(said)
        if each["impact"] in GRAVE
    ]
