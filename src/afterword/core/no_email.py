"""Django's own way to send mail, which is closed: all mail goes through `sending`."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class NoEmail(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise NotImplementedError("mail is sent by afterword.sending, not by django.core.mail")
