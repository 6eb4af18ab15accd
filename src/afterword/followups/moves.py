"""That a campaign's score moved by more than noise; `insights/watch.py` finds it so."""

from django.db import models

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.workspaces.models import Workspace, WorkspaceRows


class ScoreMove(models.Model):
    """The score over the last 30 days beside the one over the 30 days before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="score_moves")
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="score_moves")
    day = models.DateField()  # in UTC; a campaign has one at most
    before = models.FloatField()
    after = models.FloatField()
    answers_before = models.PositiveIntegerField()
    answers_after = models.PositiveIntegerField()

    objects = WorkspaceRows.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["campaign", "day"], name="one_score_move_a_day"),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.before:g} to {self.after:g}"
