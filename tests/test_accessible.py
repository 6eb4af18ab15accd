"""No page has a serious fault that axe finds: light or dark, as an owner sees it.

`make test` looks at each page in one of the two, by turns, and in both at what all pages are made
of and what customers see; `make prove` at all in both.
"""

import json
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from afterword.customers.models import Company
from afterword.feedback.answering.answer import More, record_answer
from afterword.followups.models import YouSaid
from afterword.followups.you_said.act import begin
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
# Only what is told is worked out, which spares axe a seventh of its work.
RUN = """async () => JSON.stringify((await axe.run({
  resultTypes: ["violations"], selectors: false, preload: false,
})).violations)"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
IN_BOTH = "/parts", "/s/", "/u/"  # begin the addresses
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
    draft, told = (
        YouSaid.objects.create(
            workspace=workspace, subject="We did it", body="Thanks", created_at=NOW
        )
        for _ in range(2)
    )
    begin(told.id, member, timezone.now(), timezone.now())
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
        "/feedback/you-said", "/feedback/you-said/new", f"/feedback/you-said/{draft.id}",
        f"/feedback/you-said/{told.id}",
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
        "/account/address",
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
@pytest.mark.parametrize(
    "is_each_in_both",
    [False, pytest.param(True, marks=pytest.mark.prove)],
    ids=["by turns", "in both"],
)
def test_axe_finds_nothing_grave(live_server, places, is_each_in_both):
    client, member, addresses = places
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    cookie = {"name": "sessionid", "value": session, "url": live_server.url}
    found = {}
    with chromium() as browser:
        for turn, scheme in enumerate(SCHEMES):
            page = a_page(browser, scheme, cookie)
            for number, address in enumerate(addresses):
                is_its_turn = number % len(SCHEMES) == turn
                if is_each_in_both or is_its_turn or address.startswith(IN_BOTH):
                    found[address, scheme] = faults(page, live_server.url + address)

    assert {seen: said for seen, said in found.items() if said} == {}


def a_page(browser: Browser, scheme: Literal["light", "dark"], cookie: Any) -> Page:
    """Return one that goes from address to address and has axe at each."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    context.add_cookies([cookie])
    context.add_init_script(path=AXE)
    return context.new_page()


def faults(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    assert answer
    if answer.status != 200:
        return [f"it answers {answer.status}"]
    return [
        f"{each['id']}: {[node['html'][:150] for node in each['nodes'][:3]]}"
        for each in json.loads(page.evaluate(RUN))
        if each["impact"] in GRAVE
    ]
