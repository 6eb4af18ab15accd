"""Templates: what a survey asks and looks like."""

from uuid import UUID

from django.db import models
from django.utils.functional import cached_property

from afterword.core.ids import new_id
from afterword.survey_templates.document import Document, read
from afterword.survey_templates.look import Look, read_look
from afterword.survey_templates.metrics import METRIC_CHOICES, SCALES, Metric, Scale
from afterword.workspaces.models import Workspace, WorkspaceRows


class Logo(models.Model):
    """A logo's bytes, kept in the database so that every machine can serve them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="logos")
    content = models.BinaryField()
    media_type = models.CharField(max_length=50)
    # In pixels; None of one that was kept by a version that did not measure it.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "digest"], name="one_logo_per_content"),
        )
        db_table = "campaigns_logo"  # from before templates were a stage of their own

    def __str__(self) -> str:
        return f"logo {self.id}"


class Brand(models.Model):
    """What the survey mails and pages of a workspace look like; a template may say otherwise."""

    workspace = models.OneToOneField(
        Workspace, models.CASCADE, primary_key=True, related_name="brand"
    )
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="+")
    logo_url = models.URLField(blank=True, max_length=500)
    colour = models.CharField(max_length=7, blank=True)
    sender_name = models.CharField(max_length=100, blank=True)
    footer = models.TextField(blank=True, max_length=1000)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WorkspaceRows.as_manager()

    def __str__(self) -> str:
        return f"brand of {self.workspace_id}"

    @property
    def has_logo(self) -> bool:
        return bool(self.logo_id or self.logo_url)


class TemplateQuerySet(WorkspaceRows["Template"]):
    def usable(self) -> "TemplateQuerySet":
        """Templates a campaign may use: those with a logo, be it the workspace's."""
        own = models.Q(logo__isnull=False) | ~models.Q(logo_url="")
        brand = models.Q(workspace__brand__logo__isnull=False)
        return self.filter(own | brand | models.Q(workspace__brand__logo_url__gt=""))

    def with_brand(self) -> "TemplateQuerySet":
        """Load what a template may have from its workspace; of logos not their bytes."""
        loaded = self.select_related("logo", "workspace__brand__logo")
        return loaded.defer("logo__content", "workspace__brand__logo__content")


class Template(models.Model):
    """What a survey looks like and asks, as it is being worked on; see `document.py`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="templates")
    key = models.SlugField(max_length=100)
    name = models.CharField(max_length=100)
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    document = models.JSONField(default=dict)
    # What it has instead of its workspace's brand; empty where it has that.
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="templates")
    logo_url = models.URLField(blank=True, max_length=500)
    colour = models.CharField(max_length=7, blank=True)
    sender_name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "key"], name="one_template_per_key"),
        )
        db_table = "campaigns_template"  # from before templates were a stage of their own

    def __str__(self) -> str:
        return self.name

    @property
    def scale(self) -> Scale:
        return SCALES[Metric(self.metric)]

    @property
    def said(self) -> Document:
        return read(self.document)

    @property
    def subject(self) -> str:
        return str(self.document.get("subject", ""))

    @property
    def has_logo(self) -> bool:
        """Whether it has one, be it the workspace's."""
        if self.logo_id or self.logo_url:
            return True
        known: UUID | None = self.workspace_id  # None for one of a workspace that is not made yet
        brand = workspace_brand(self.workspace) if known else None
        return bool(brand and brand.has_logo)


def workspace_brand(workspace: Workspace) -> Brand | None:
    return getattr(workspace, "brand", None)


class TemplateVersion(models.Model):
    """What a template said when somebody was asked by it. It never changes.

    `document` is as in the template; `look` is the brand that it had then (`look.py`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.ForeignKey(Template, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    look = models.JSONField()
    digest = models.CharField(max_length=64)
    # Made of what the template said when versions began, for what was sent before.
    is_reconstructed = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["template", "number"], name="versions_are_numbered"),
            models.UniqueConstraint(fields=["template", "digest"], name="one_version_per_content"),
        )

    def __str__(self) -> str:
        return f"version {self.number} of {self.template_id}"

    @cached_property
    def said(self) -> Document:
        return read(self.document)

    @cached_property
    def looks(self) -> Look:
        return read_look(self.look)
