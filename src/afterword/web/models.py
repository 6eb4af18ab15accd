"""What was typed and could not be taken at once."""

from django.db import models

from afterword.core.ids import new_id


class KeptForm(models.Model):
    """A form that was sent when its sender had no session any more, or no valid token."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The account, by its key alone: this layer knows no accounts.
    owner_id = models.UUIDField()
    path = models.TextField()
    sealed_fields = models.TextField()
    kept_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["owner_id", "kept_at"], name="kept_forms_by_owner"),
            models.Index(fields=["kept_at"], name="kept_forms_by_age"),
        )

    def __str__(self) -> str:
        return self.path
