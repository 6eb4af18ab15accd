"""Take in what customers reply: as the answer to the survey that asked, or for a person to read."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from afterword.feedback.answering.answer import answer_by_mail, has_ended
from afterword.feedback.answering.refused import AnswerClosed
from afterword.feedback.replies.incoming import Reply, read_reply
from afterword.feedback.replies.models import CustomerReply
from afterword.feedback.replies.score import said
from afterword.happenings.models import HappeningKind
from afterword.happenings.note import Happened, note
from afterword.sending.models import Mail
from afterword.sending.reports.delivery_reports import Incoming, readable
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.surveys.models import Invitation


def take_replies(mails: Sequence[Incoming], now: datetime) -> None:
    """Take in those that are replies; a commit each, and what was taken before changes nothing."""
    found = [reply for mail in mails if (reply := readable(mail, partial(read_reply, mail=mail)))]
    ids = {id_ for one in found for id_ in (one.signed, *one.named) if id_}
    rows = Mail.objects.filter(id__in=ids, customer__isnull=False) if ids else ()
    by_id = {mail.id: mail for mail in rows}
    for reply in found:
        named = (by_id.get(id_) for id_ in reply.named)
        # A Message-ID is no secret: only who got the mail replies by it.
        mail = by_id.get(reply.signed) if reply.signed else None
        mail = mail or next((one for one in named if one and one.recipient == reply.sender), None)
        if mail and reply.words:
            _take(reply, mail, now)


@transaction.atomic
def _take(reply: Reply, mail: Mail, now: datetime) -> None:
    assert mail.workspace_id
    assert mail.customer_id
    row = CustomerReply(
        workspace_id=mail.workspace_id,
        customer_id=mail.customer_id,
        key=reply.key,
        text=reply.words,
        received_at=now,
    )
    rows = CustomerReply.objects.filter(workspace=mail.workspace_id, key=reply.key)
    CustomerReply.objects.bulk_create([row], ignore_conflicts=True)
    if not rows.filter(id=row.id).exists():
        return
    if _answers(reply, mail, now):
        rows.update(is_answer=True)
        return
    note([Happened(row.workspace_id, HappeningKind.CUSTOMER_REPLIED, row.customer_id)], now)


def _answers(reply: Reply, mail: Mail, now: datetime) -> bool:
    """Record the score that it says, if the mail invited to reply with one and still may be."""
    rows = Invitation.objects.filter(id=mail.id)
    invitation = rows.select_related("survey__workspace", "version", "template").first()
    if invitation is None or not invitation.asks.said.reply or has_ended(invitation, now):
        return False
    score, comment = said(reply.words, SCALES[Metric(invitation.survey.metric)])
    if score is None:
        return False
    try:
        answer_by_mail(invitation, score, comment, now)
    except AnswerClosed:
        return False
    return True
