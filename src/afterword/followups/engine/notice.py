"""Tell owners and admins by mail that a rule was switched off because nothing got there."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string

from afterword.core.text import header_line
from afterword.followups.mails import deliveries_of, mails_of
from afterword.followups.models import Delivery
from afterword.followups.rules import Rule
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import Stream, StreamKind
from afterword.workspaces.models import Member, Role, Workspace

NOTICE = "followup_off"


def tell(delivery: Delivery, now: datetime) -> None:
    """Make the mails, in the transaction that switches the rule off."""
    roles = (Role.OWNER, Role.ADMIN)
    members = Member.objects.filter(workspace_id=delivery.workspace_id, role__in=roles)
    to = members.filter(user__is_active=True).values_list("user__email", flat=True)
    stream = Stream(NOTICE, delivery.workspace_id)
    Mail.objects.bulk_create(mails_of(delivery, NOTICE, stream, sorted(to), now=now))


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    deliveries = deliveries_of(mails)
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        delivery = deliveries.get(mail.about)
        if delivery is None or delivery.rule.is_enabled:
            unwanted[mail.id] = Unwanted(detail={"rule": "on again, or deleted"})
        else:
            mail.matter = delivery.rule
    return unwanted


def _letter(mail: Mail, now: datetime) -> Letter:
    rule: Rule = mail.matter
    assert mail.workspace
    root = f"/campaigns/{rule.campaign_id}" if rule.campaign_id else "/follow-ups"
    words = {
        "kind": rule._meta.verbose_name,
        "rule": str(rule),
        "where": rule.campaign.name if rule.campaign else rule.workspace.name,
        "problem": rule.problem,
        "link": f"{settings.BASE_URL}{root}/{rule._meta.model_name}s",
    }
    rendered = Rendered(
        header_line(f"Switched off: {words['kind']} {rule}")[:200],
        render_to_string("followups/mail/notice.html", words),
        render_to_string("followups/mail/notice.txt", words),
    )
    return letter_of(
        mail.id,
        mail.workspace_id,
        rendered,
        now,
        sender=sender_of(mail.workspace),
        sender_name=f"{mail.workspace.name} · Afterword",
        recipient=mail.recipient,
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {one.id: "Notices" for one in Workspace.objects.filter(id__in=ids)}


NOTICE_KIND = Kind(NOTICE, _letter, _may_still_go)
NOTICE_STREAM = StreamKind(NOTICE, _names)
