"""Invite: let somebody be asked by mail, at first or once more."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from afterword.campaigns.models import Channel
from afterword.core import bulk
from afterword.core.ids import new_link_token
from afterword.sending.models import Mail
from afterword.surveys.models import Invitation

CAMPAIGN = "campaign"  # the kind of stream that a campaign is
SURVEY, REMINDER = "survey", "reminder"  # the kinds of mail


class Invited(NamedTuple):
    """An invitation and its mail to be, which share the key `id`; a survey's first has its own.

    Only what goes by e-mail has a mail.
    """

    id: UUID
    survey_id: UUID
    workspace_id: UUID
    campaign_id: UUID
    template_id: UUID | None
    customer_id: UUID | None
    email: str
    due_at: datetime
    reminder_id: UUID | int | None = None
    channel: str = Channel.EMAIL
    expires_at: datetime | None = None  # of what is shown in an application

    @property
    def goes_by_mail(self) -> bool:
        return self.channel == Channel.EMAIL


def invite(invited: Sequence[Invited], now: datetime, conflict: str = "") -> int:
    """Insert the rows of each, with two queries; return how many are new.

    `conflict` says which are not (`ON CONFLICT …`). All of it belongs in one transaction.
    """
    rows = [
        {
            "id": one.id,
            "workspace_id": one.workspace_id,
            "survey_id": one.survey_id,
            "reminder_id": one.reminder_id,
            "template_id": one.template_id,
            "channel": one.channel,
            "due_at": one.due_at if one.expires_at else None,
            "expires_at": one.expires_at,
            "answer_token": new_link_token(),
            "unsubscribe_token": new_link_token(),
            "created_at": now,
        }
        for one in invited
    ]
    new = {str(id_) for (id_,) in bulk.insert(Invitation, rows, f"{conflict} RETURNING id")}
    bulk.insert(
        Mail, [_mail(one, now) for one in invited if one.goes_by_mail and str(one.id) in new]
    )
    return len(new)


def _mail(one: Invited, now: datetime) -> dict[str, object]:
    return {
        "id": one.id,
        "workspace_id": one.workspace_id,
        "kind": SURVEY if one.id == one.survey_id else REMINDER,
        "about": one.survey_id,
        "stream_kind": CAMPAIGN,
        "stream_id": one.campaign_id,
        "customer_id": one.customer_id,
        "recipient": one.email,
        "created_at": now,
        "due_at": one.due_at,
    }
