"""The local mailbox: where mail goes while no mail server is set."""

from django.db import models

from afterword.core.ids import new_id
from afterword.surveys.models import Survey


class MailboxMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survey = models.ForeignKey(
        Survey, models.SET_NULL, null=True, blank=True, related_name="mailbox_messages"
    )
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=998)
    # The message as a mail server would have got it.
    content = models.BinaryField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["-sent_at", "-id"], name="mailbox_newest"),)

    def __str__(self) -> str:
        return self.subject
