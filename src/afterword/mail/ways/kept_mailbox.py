"""The local mailbox as a way to hand mail over."""

from django.utils import timezone

from afterword.mail.models import MailboxMessage
from afterword.mail.ways.way import InThread, Letter


class KeptMailbox:
    """Keeps mail in the database, one copy per mail however often it is handed over."""

    is_connected = True

    def __init__(self, in_thread: InThread) -> None:
        self._in_thread = in_thread

    async def connect(self) -> None:
        pass

    async def offer(self, letter: Letter) -> None:
        pass

    async def hand_over(self, letter: Letter) -> str:
        await self._in_thread(lambda: _keep(letter))
        return "kept in the local mailbox"

    async def withdraw(self) -> None:
        pass


def _keep(letter: Letter) -> None:
    MailboxMessage.objects.get_or_create(
        mail_id=letter.mail_id,
        defaults={
            "workspace_id": letter.workspace_id,
            "recipient": letter.recipient,
            "subject": letter.subject,
            "content": letter.content,
            "sent_at": timezone.now(),
        },
    )
