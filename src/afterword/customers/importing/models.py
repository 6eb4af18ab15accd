"""What an import needs until it is done: the file as it came, and its rows as they were read."""

from django.db import models

from afterword.core.ids import new_id
from afterword.long_work.models import Work
from afterword.workspaces.models import User, Workspace, WorkspaceRows


class Import(models.Model):
    """A file of customers: how it is read, what its columns mean, and the work it became."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    # Who brought it; None for the command line, or for somebody who is gone.
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=200)  # of the file
    size = models.PositiveBigIntegerField()  # bytes
    lines = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=20)
    separator = models.CharField(max_length=1)
    has_header = models.BooleanField(default=True)
    # The names of the columns, and what each fills: a word of `reading/headers.py`.
    headers = models.JSONField(default=list)
    targets = models.JSONField(default=list)
    updates = models.BooleanField(default=True)  # those who are known already
    empties_remove = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # None until somebody starts it.
    work = models.OneToOneField(Work, models.CASCADE, null=True, blank=True, related_name="+")

    objects = WorkspaceRows.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "-created_at"], name="importing_newest"),)

    def __str__(self) -> str:
        return self.name


class Piece(models.Model):
    """Some hundred kilobytes of a file, whole lines in an encoding that has ASCII's newlines."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="pieces", db_index=False)
    first_line = models.PositiveBigIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["of", "first_line"], name="one_piece_per_line"),
        )

    def __str__(self) -> str:
        return f"from line {self.first_line}"


class Row(models.Model):
    """A row as it was read: what it says (`reading/row.py`), or why it is refused."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveBigIntegerField()
    email = models.CharField(max_length=254, blank=True)
    said = models.TextField()  # JSON: a `Said`, or the cells of a refused row
    reason = models.TextField(blank=True)  # empty for a row that is good

    class Meta:
        indexes = (
            models.Index(
                fields=["of", "email", "-line"],
                condition=models.Q(reason=""),
                name="importing_good",
            ),
            models.Index(
                fields=["of", "line"],
                condition=~models.Q(reason=""),
                name="importing_refused",
            ),
        )

    def __str__(self) -> str:
        return f"line {self.line}"
