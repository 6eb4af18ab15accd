"""A workspace with one of everything, and the addresses of all its pages."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

from afterword.customers.models import Company
from afterword.feedback.answering.answer import More, record_answer
from afterword.followups.models import YouSaid
from afterword.followups.you_said.act import begin
from afterword.hooks.models import Hook
from afterword.workspaces.invites import invite, link_of
from afterword.workspaces.models import Invite, Member
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

QUESTIONS: list[dict[str, Any]] = [
    {"key": "why", "type": "choice", "text": "Why us?", "choices": ["Price", "Speed"]},
    {"key": "food", "type": "rating", "text": "The food?"},
    {"key": "more", "type": "text", "text": "What else?"},
]


def one_of_everything() -> tuple[Member, list[str]]:
    """Return the owner, and the addresses of the pages."""
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
    return member, [
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


def path_of_an_invite(member: Member) -> str:
    link = link_of(invite(member.workspace, "ann@acme.test", "member", member.user, NOW))
    Invite.objects.update(expires_at=timezone.now() + timedelta(days=1))
    return urlsplit(link).path
