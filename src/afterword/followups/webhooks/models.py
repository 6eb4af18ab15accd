"""Webhooks: where to, signed with what, saying what."""

import json
from datetime import datetime

from django.db import models

from afterword.core.sealed import seal, unseal
from afterword.followups.rules import Rule


class Webhook(Rule):
    url = models.URLField(max_length=2000)
    sealed_secret = models.TextField()
    # The one before, and until when requests are signed with it too.
    sealed_old_secret = models.TextField(blank=True, default="", db_default="")
    old_secret_until = models.DateTimeField(null=True, blank=True)
    # A JSON object of names and values.
    sealed_headers = models.TextField(blank=True, default="")
    body = models.TextField()  # a JSON document whose texts are Liquid

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def secret(self) -> str:
        return unseal(self.sealed_secret)

    def secrets(self, now: datetime) -> list[str]:
        """Return those that requests are signed with, the newest first."""
        if self.old_secret_until and now < self.old_secret_until:
            return [self.secret, unseal(self.sealed_old_secret)]
        return [self.secret]

    @property
    def headers(self) -> dict[str, str]:
        return dict(json.loads(unseal(self.sealed_headers))) if self.sealed_headers else {}

    @headers.setter
    def headers(self, headers: dict[str, str]) -> None:
        self.sealed_headers = seal(json.dumps(headers)) if headers else ""
