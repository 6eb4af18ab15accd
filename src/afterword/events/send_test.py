"""Send a test event, as an application would send it."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django import forms
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from afterword.campaigns.editor.setup import show_setup
from afterword.campaigns.models import Campaign
from afterword.core.jobs import wake
from afterword.customers.models import Customer
from afterword.events.models import InboxItem
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member, Scope, Token

NOWHERE: Mapping[str, object] = {}
UNNAMED = "Test event"  # for a campaign whose events Segment's destination maps


class TestEventForm(forms.Form):
    """To whom, and for which of the campaign's events: the first if none is named."""

    __test__ = False  # for pytest: the name is about events, not about this class

    email = forms.EmailField(max_length=254)
    event = forms.CharField(required=False, strip=False, max_length=200)

    def __init__(self, names: list[str], sent: object) -> None:
        super().__init__(sent)  # type: ignore[arg-type]
        self.names = names

    def clean_event(self) -> str:
        if not self.names:
            return UNNAMED
        name: str = self.cleaned_data["event"] or self.names[0]
        if name not in self.names:
            raise forms.ValidationError(f"This campaign does not listen for “{name}”.")
        return name


@require_POST
@for_changers
def send_test(request: HttpRequest, member: Member, campaign_id: UUID) -> HttpResponse:
    campaign = get_object_or_404(Campaign.objects.visible_to(member), id=campaign_id)
    form = TestEventForm(campaign.events, request.POST)
    token = _token(member)
    if token is None:
        form.add_error(None, "Make an API token for events first.")
    if not form.is_valid() or token is None:
        return show_setup(request, campaign, form)
    to = {} if campaign.events else {"campaigns": [str(campaign.id)]}
    given = form.cleaned_data
    message_id = put_into_inbox(token, given["email"], given["event"], timezone.now(), to)
    query = urlencode({"messageId": message_id, "looked": "0"})
    return redirect(f"{reverse('events:list')}?{query}")


def put_into_inbox(
    token: Token, email: str, name: str, now: datetime, to: Mapping[str, object] = NOWHERE
) -> str:
    """Put a `track` call into the inbox as ingest does, wake a worker; return its messageId.

    `to` says which campaigns it is for, as Segment's destination does. What is known of the
    customer goes along: properties that are not sent are unassigned.
    """
    message_id = f"test-{uuid4()}"
    known = Customer.objects.filter(workspace_id=token.workspace_id, email=email.lower()).first()
    call = {
        "type": "track",
        "event": name,
        "messageId": message_id,
        "timestamp": now.isoformat(),
        "properties": {**(known.properties if known else {}), "email": email},
    }
    with transaction.atomic():
        InboxItem.objects.create(
            workspace_id=token.workspace_id,
            token_id=token.id,
            is_trusted=True,
            received_at=now,
            body=json.dumps(call),
            envelope=json.dumps(to) if to else "",
        )
        transaction.on_commit(lambda: wake("take_up", workspace_id=str(token.workspace_id)))
    return message_id


def _token(member: Member) -> Token | None:
    """Return the token that the event seems to come by: a live one for ingest if there is one."""
    tokens = Token.objects.visible_to(member).filter(scope=Scope.INGEST)
    return tokens.order_by(F("revoked_at").desc(nulls_first=True), "created_at").first()
