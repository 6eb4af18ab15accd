"""Templates: what a survey asks and looks like."""

from django.db import models

from afterword.core.ids import new_id
from afterword.survey_templates.metrics import METRIC_CHOICES, SCALES, Metric, Scale
from afterword.workspaces.models import Workspace, WorkspaceRows


class Logo(models.Model):
    """A logo's bytes, kept in the database so that every machine can serve them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="logos")
    content = models.BinaryField()
    media_type = models.CharField(max_length=50)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "digest"], name="one_logo_per_content"),
        )
        db_table = "campaigns_logo"  # from before templates were a stage of their own

    def __str__(self) -> str:
        return f"logo {self.id}"


class TemplateQuerySet(WorkspaceRows["Template"]):
    def usable(self) -> "TemplateQuerySet":
        """Templates a campaign may use: those with a logo."""
        return self.filter(models.Q(logo__isnull=False) | ~models.Q(logo_url=""))


class Template(models.Model):
    """What a survey looks like and asks. Its texts are Liquid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="templates")
    key = models.SlugField(max_length=100)
    name = models.CharField(max_length=100)
    metric = models.CharField(max_length=10, choices=METRIC_CHOICES)
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, blank=True, related_name="templates")
    logo_url = models.URLField(blank=True, max_length=500)
    colour = models.CharField(max_length=7, default="#206bc4")
    sender_name = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=300)
    intro = models.TextField(blank=True, max_length=2000)
    question = models.TextField(max_length=1000)
    comment_prompt = models.CharField(max_length=300, blank=True)
    thanks = models.TextField(blank=True, max_length=1000)
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
    def has_logo(self) -> bool:
        return bool(self.logo_id or self.logo_url)
