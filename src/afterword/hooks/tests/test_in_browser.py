"""From choosing a service to a survey let go before its time, in Chromium."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from afterword import flow
from afterword.sending.models import Mail
from tests.browser.chromium import chromium
from tests.factories import a_campaign, a_member

PATIENCE = 15_000


def post(address, body):
    sent = json.dumps(body).encode()
    with urlopen(Request(address, sent, {"Content-Type": "application/json"})) as answer:
        return answer.status


def process(workspace_id):
    flow.process_events(workspace_id, timezone.now())
    connection.close()


@pytest.mark.slow
def test_a_service_is_chosen_calls_is_mapped_and_its_survey_goes_now(live_server):
    member = a_member()
    campaign = a_campaign(member.workspace, delay=timedelta(days=2))
    client = Client()
    client.force_login(member.user)
    session = client.cookies["sessionid"].value
    with chromium() as browser:
        visitor = browser.new_context()
        visitor.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = visitor.new_page()
        page.set_default_timeout(PATIENCE)

        page.goto(f"{live_server.url}/campaigns/{campaign.id}/schedule")
        expect(page.get_by_label("Names of the events")).to_be_visible()
        page.get_by_label("The survey is triggered by").select_option("zendesk")
        expect(page.get_by_label("Names of the events")).to_be_hidden()
        page.get_by_role("button", name="Save the schedule").click()
        page.get_by_role("link", name="Setup", exact=True).click()
        address = page.get_by_label("The address, for this campaign alone").input_value()
        path = address.partition("/hooks/")[2]

        sent = {"email": "ann@example.com", "who": {"mail": "b@c.de"}}
        post(f"{live_server.url}/hooks/{path}", sent)
        with ThreadPoolExecutor(1) as worker:  # this thread has the browser's event loop
            worker.submit(process, member.workspace_id).result()
        page.get_by_role("link", name="Fields, secret and calls").click()
        page.wait_for_url("**/settings/inbound-webhooks/*")  # and what shows fields as one types
        page.get_by_label("Fields").fill("email: who.mail")
        expect(page.get_by_text("b@c.de from")).to_be_visible()

        page.goto(f"{live_server.url}/queue")
        send = page.get_by_role("button", name="Send now")
        expect(send).to_be_disabled()
        page.get_by_label("Tick all on this page").check()
        send.click()
        page.get_by_role("dialog").get_by_role("button", name="Send now").click()
        page.get_by_text("1 survey is on its way.").wait_for()

    assert Mail.objects.get().due_at <= timezone.now()
