"""A workspace in which every field that a form can set has a value that is not its default."""

from datetime import timedelta
from typing import Any

from afterword.campaigns.models import (
    Campaign,
    CampaignType,
    Channel,
    Reminder,
    ReminderWhen,
    Service,
    ThrottleScope,
)
from afterword.core.sealed import seal
from afterword.feedback.loop.models import AssignmentRule, To
from afterword.hooks.models import Hook, HookScope
from afterword.survey_templates.logos import keep_logo
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Brand, Template
from afterword.workspaces.models import Role, Scope, Workspace
from tests import factories
from tests.followups import a_notification, a_webhook, an_autoresponder
from tests.pictures import a_picture

PNG = a_picture()
OTHER_PNG = a_picture(size=(31, 17))
EVE = "eve@acme.test"
DOCUMENT: dict[str, Any] = {
    "subject": "How was it, {{ first_name | default: 'there' }}?",
    "preheader": "One click: no more.",
    "intro": "Hello,\r\n\r\nwe have: # a question\r\n  and a half.",
    "question": "How likely are you to recommend us?",
    "lowest_label": "Not",
    "highest_label": "Very",
    "follow_up": {"any": "Why?", "promoter": "What did you like?\nMost?"},
    "questions": [
        {
            "key": "why",
            "type": "choice",
            "text": "Why us?",
            "choices": ["Price", "yes", "007"],
            "required": True,
            "when": {"lowest": 0, "highest": 9},
        },
        {
            "key": "who",
            "type": "text",
            "text": "Than who?",
            "when": {"question": "why", "answers": ["Price"]},
        },
    ],
    "consent": "You may quote me.",
    "thanks": {
        "any": {"text": "Thank you."},
        "promoter": {
            "text": "Thanks!",
            "buttons": [{"label": "Review us", "url": "https://example.com/review"}],
        },
    },
    "footer": "Acme, 1 Road",
    "language": "cs",
    "languages": {
        "en": {
            "subject": "null",
            "follow_up": {"any": "Proč?"},
            "thanks": {"any": {"text": "Díky"}},
            "questions": {"why": {"text": "Proč my?", "choices": ["Cena", "ano", "7"]}},
        },
        "fr": {"thanks": {"any": {"text": "Merci"}}},
    },
    "anonymous": True,
}
AUDIENCE = {
    "match": "any",
    "filters": [
        {"field": "country", "operator": "is", "value": "NO"},
        {"field": "orders", "operator": "at least", "value": 5},
        {"field": "email", "operator": "exists"},
        {
            "match": "all",
            "filters": [
                {"field": "event.total", "operator": "at least", "type": "number", "value": 1.5},
                {"field": "tags", "operator": "includes any", "value": ["vip", "001"]},
            ],
        },
    ],
}


WHOSE = {"match": "all", "filters": [{"field": "city", "operator": "is", "value": "Oslo"}]}


def a_rich_workspace() -> Workspace:
    workspace = factories.a_workspace(
        name="Acme: & Sons",
        time_zone="Europe/Prague",
        keeps_unsent_properties=True,
        max_mails_per_day=7,
        max_event_age_days=9,
        tracks_opens=True,
        fatigue_surveys=2,
        fatigue_days=30,
        address_wait_minutes=11,
        sender_address="hello@acme.com",
        own_people=["acme.test"],
    )
    factories.a_sender_domain(workspace, verified_at=factories.NOW)
    factories.a_property(workspace, "orders", "number")
    factories.a_property(workspace, "null", "collection")
    factories.a_property(workspace, "plan")
    workspace.properties.update(description="What they bought: all of it")
    own, brands = keep_logo(workspace, PNG), keep_logo(workspace, OTHER_PNG)
    Brand.objects.create(
        workspace=workspace, logo=brands, colour="#112233", sender_name="Acme", footer="1\r\n2"
    )
    template = factories.a_template(
        workspace, logo=own, logo_url="", colour="#445566", sender_name="Ann of Acme"
    )
    Template.objects.filter(id=template.id).update(document=DOCUMENT)
    member = factories.a_member(workspace, Role.MEMBER)
    factories.a_token(workspace, Scope.READ)
    first = a_transactional_campaign(workspace, template)
    Reminder.objects.create(
        campaign=first,
        position=1,
        channel=Channel.IN_APP,
        when=ReminderWhen.OPENED_NOT_ANSWERED,
        after_days=4,
        template=template,
    )
    _follow(first, member.user_id)
    AssignmentRule.objects.create(
        workspace=workspace,
        enabled_at=factories.NOW,
        to=To.OWNER,
        user_id=member.user_id,
        users=[member.user_id],
        owner_property="account manager",
        due_hours=12,
    )
    a_webhook("https://acme.test/all", workspace=workspace, headers={"X-Key": "s3cret"})
    _other_campaigns(workspace, template)
    Hook.objects.create(
        workspace=workspace,
        name="Tickets",
        campaign=first,
        service=Service.ZENDESK,
        mapping={"email": ["ticket.email", "email"], "no": ["x"]},
    )
    Hook.objects.create(workspace=workspace, name="Stop", scope=HookScope.UNSUBSCRIBE)
    return workspace


def a_transactional_campaign(workspace: Workspace, template: Template) -> Campaign:
    return factories.a_campaign(
        workspace,
        name="Orders, 2026",
        template=template,
        events=["Order Completed", "on"],
        audience=AUDIENCE,
        sample_percent=12.5,
        target_answers=30,
        target_property="plan",
        delay=timedelta(minutes=90),
        throttle_days=30,
        throttle_scope=ThrottleScope.ALL,
        time_frame={"days": ["mon", "fri"], "from": "09:00", "to": "17:30", "own_time": True},
        priority=9,
        labels=["Shop", "no"],
    )


def _other_campaigns(workspace: Workspace, template: Template) -> None:
    factories.a_template(workspace, Metric.CSAT, scores="faces")
    factories.a_campaign(
        workspace,
        template=template,
        type=CampaignType.REGULAR,
        service="",
        events=[],
        first_after_days=0,
        every_days=90,
        daily_limit=500,
    )
    factories.a_campaign(
        workspace,
        template=template,
        channel=Channel.LINK,
        type=CampaignType.REGULAR,
        service="",
        events=[],
        link_token="x" * 22,
    )
    factories.a_campaign(
        workspace,
        template=template,
        channel=Channel.IN_APP,
        in_app={"look": "inline", "element": "#survey", "pages": ["/orders/*"]},
    )
    factories.a_campaign(workspace, activated_at=None, archived_at=factories.NOW, events=[])
    Campaign.objects.create(workspace=workspace, key="bare", name="Bare", metric="csat")


def _follow(campaign: Campaign, user_id: Any) -> None:
    scores = {"score_min": 1, "score_max": 3, "audience": WHOSE}
    a_webhook(
        "https://acme.test/hook",
        campaign=campaign,
        name="CRM",
        events=["feedback", "score_range"],
        body='{"comment": "{{ comment }}"}',
        headers={"Authorization": "Bearer s3cret", "X-Other": "s3cret"},
        **scores,
    )
    a_webhook("https://acme.test/hook", campaign=campaign)
    a_webhook("https://acme.test/hook", campaign=campaign, events=["bounced"])
    a_notification(
        campaign,
        name="Team",
        events=["score_range", "sending_paused"],
        frequency="weekly",
        hour=6,
        weekday=3,
        sends_empty=True,
        members=[user_id],
        **scores,
    )
    a_notification(campaign, slack_url="https://hooks.example/s3cret", addresses=[])
    by_bot = a_notification(campaign, channel="slack", slack_channel="#nps", addresses=[])
    by_bot.sealed_slack_token = seal("xoxb-s3cret")
    by_bot.save()
    an_autoresponder(
        campaign,
        name="Sorry",
        events=["score_range"],
        sender_name="Eve",
        sender_address="sorry@acme.com",
        reply_to=EVE,
        body="We are\r\n\r\nsorry.",
        buttons=[{"label": "Call us", "url": "https://acme.test/call"}],
        delay_min=timedelta(seconds=30),
        delay_max=timedelta(minutes=1.111),
        **scores,
    )
