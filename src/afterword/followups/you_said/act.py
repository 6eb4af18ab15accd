"""Begin, stop and try such a mail."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterword.core.jobs import wake
from afterword.followups.you_said.mail import YOU_SAID, YOU_SAID_TRIAL
from afterword.followups.you_said.models import YouSaid
from afterword.followups.you_said.work import TELLING
from afterword.long_work import start as long_work
from afterword.sending.models import WAITING, Mail, State
from afterword.workspaces.models import Member


@transaction.atomic
def begin(you_said_id: UUID, member: Member, asked_at: datetime, now: datetime) -> bool:
    """Start the work, once: False where it was begun before.

    Who answered after `asked_at`, when the question was shown, is none of them.
    """
    rows = YouSaid.objects.visible_to(member).select_for_update(no_key=True)
    you_said = rows.get(id=you_said_id)
    if you_said.begun_at:
        return False
    you_said.begun_at = min(asked_at, now)
    parameters = {"you_said": str(you_said.id), "subject": you_said.subject}
    workspace_id = member.workspace_id
    you_said.work = long_work.start(workspace_id, TELLING, parameters, now, by=member.user)
    you_said.save(update_fields=["begun_at", "work"])
    return True


@transaction.atomic
def stop(you_said: YouSaid, member: Member, now: datetime) -> bool:
    """Call it off: what nobody has begun to send is cancelled, and what is claimed is asked again.

    The work is stopped first, so that no batch writes mails that this does not see. False for a
    draft, which goes on being one.
    """
    if you_said.is_draft:
        return False
    if you_said.work:
        long_work.cancel(you_said.work, now)
    YouSaid.objects.filter(id=you_said.id, stopped_at=None).update(stopped_at=now)
    waiting = Mail.objects.filter(stream_id=you_said.id, kind=YOU_SAID, state__in=WAITING)
    detail = {"by": str(member.user_id), "you_said": "stopped"}
    waiting.update(state=State.CANCELLED, cancelled_at=now, detail=detail)
    return True


def send_trial(you_said: YouSaid, member: Member, now: datetime) -> None:
    """Mail an example to whoever asks for it."""
    Mail.objects.create(
        workspace_id=member.workspace_id,
        kind=YOU_SAID_TRIAL,
        about=str(you_said.id),
        stream_kind=YOU_SAID,
        stream_id=you_said.id,
        recipient=member.user.email,
        created_at=now,
        due_at=now,
    )
    wake("send_due")
