"""Mail servers and sender domains, and the local mailbox for when no server is set."""

from django.db import models

from afterword.core.ids import new_id
from afterword.workspaces.models import Workspace, WorkspaceRows


class MailboxMessage(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The key of the mail that it is a copy of.
    mail_id = models.UUIDField(null=True, blank=True, db_index=True)
    # None for mail that is no workspace's: only this machine's own people see it.
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
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


class MailServer(models.Model):
    """A workspace's own way to send, in place of AFTERWORD_MAIL_URL."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="mail_server")
    # An address as AFTERWORD_MAIL_URL has it, sealed: it holds a password or a key.
    sealed_url = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return f"mail server of {self.workspace_id}"


class SenderDomain(models.Model):
    """A domain that a workspace sends from, with the key that signs its mail."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, related_name="sender_domains", db_index=False
    )
    name = models.CharField(max_length=253)
    selector = models.CharField(max_length=63)
    sealed_private_key = models.TextField()  # PEM, sealed
    public_key = models.TextField()  # base64, as the DNS record has it
    created_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # {"spf" | "dkim" | "next_dkim" | "dmarc": {"status": …, "words": …}}
    findings = models.JSONField(default=dict, blank=True)
    # When DNS last had our key: mail is signed and may be sent from here since.
    verified_at = models.DateTimeField(null=True, blank=True)
    # The key that takes over once DNS has it; empty where none was asked for.
    next_selector = models.CharField(max_length=63, blank=True, default="", db_default="")
    next_sealed_private_key = models.TextField(blank=True, default="", db_default="")
    next_public_key = models.TextField(blank=True, default="", db_default="")
    # The key before, and when the present one took over from it.
    old_selector = models.CharField(max_length=63, blank=True, default="", db_default="")
    key_changed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "name"], name="one_sender_domain_each"),
        )

    def __str__(self) -> str:
        return self.name


class Pace(models.Model):
    """How fast a mail server may be given mail for a recipient domain, as its answers taught."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    server = models.CharField(max_length=300)
    # Empty for all of the server's mail.
    domain = models.CharField(max_length=253, blank=True)
    # Nothing before this instant; each refusal puts it off further.
    held_until = models.DateTimeField(null=True, blank=True)
    # What was learned at `changed_at`; see `pace.rate_now` for how it grows again.
    per_minute = models.FloatField(null=True, blank=True)
    # When the next mail may go, as those claimed so far have it.
    next_at = models.DateTimeField(null=True, blank=True)
    # The answer that taught it.
    words = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["server", "domain"], name="one_pace_each"),)

    def __str__(self) -> str:
        return f"{self.server} {self.domain}"
