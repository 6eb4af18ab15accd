"""A rule: what it follows, since when, and how that is kept with who listens."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.followups.events import Wanted, event_choices, kinds_of
from afterword.happenings.listen import listen, stop_listening
from afterword.happenings.models import HappeningKind, Listening
from afterword.happenings.read import begin_reading
from afterword.workspaces.models import Workspace, WorkspaceRows

READER = "followups"


class Rule(models.Model):
    """What follows a happening. Without a campaign it is about all of the workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="%(class)ss")
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="%(class)ss"
    )
    name = models.CharField(max_length=100, blank=True)
    events = ArrayField(models.CharField(max_length=30, choices=event_choices))
    score_min = models.SmallIntegerField(null=True, blank=True)
    score_max = models.SmallIntegerField(null=True, blank=True)
    # Whose answers, as an audience has it; empty: everybody's.
    audience = models.JSONField(
        default=dict, blank=True, db_default=models.Value({}, models.JSONField())
    )
    # None while it is off. What happened before is never followed.
    enabled_at = models.DateTimeField(null=True, blank=True)
    # Since when nothing has reached its receiver, and what was last said about that.
    failing_since = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceRows.as_manager()

    class Meta:
        abstract = True

    @property
    def is_enabled(self) -> bool:
        return self.enabled_at is not None

    @property
    def summary(self) -> str:
        """Say beside what it follows how it acts, where its name does not."""
        return ""

    @property
    def wanted(self) -> Wanted:
        return Wanted(frozenset(self.events), self.score_min, self.score_max)

    @property
    def listener(self) -> str:
        return f"{self._meta.model_name} {self.id}"


def save(rule: Rule, now: datetime, *, enabled: bool) -> None:
    """Save the rule, on or off, and listen for what it follows; part of a transaction."""
    if enabled and rule.enabled_at is None:
        rule.enabled_at, rule.failing_since, rule.problem = now, None, ""
    if not enabled:
        rule.enabled_at = None
    rule.save()
    wanted = kinds_of(rule.events) if enabled else set()
    heard = Listening.objects.filter(workspace_id=rule.workspace_id, by=rule.listener)
    for kind in set(heard.values_list("kind", flat=True)) - wanted:
        stop_listening(rule.workspace_id, HappeningKind(kind), rule.listener)
    for kind in wanted:
        listen(rule.workspace_id, kind, rule.listener)
    if wanted:
        begin_reading(READER)


def forget(rule: Rule) -> None:
    """Delete the rule with its deliveries; part of a transaction."""
    Listening.objects.filter(workspace_id=rule.workspace_id, by=rule.listener).delete()
    rule.delete()
