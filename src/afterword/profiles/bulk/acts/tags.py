"""Add a tag, or remove one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from afterword.customers import amend
from afterword.customers.models import Tag
from afterword.customers.own_fields import read_tags
from afterword.customers.record import MAX_TAGS
from afterword.long_work.models import Work
from afterword.profiles.bulk.act import Act, ActForm, Outcome
from afterword.workspaces.models import Member

OFFERED = 1_000


class NewTagsForm(ActForm):
    tags = forms.CharField(
        max_length=1_000,
        help_text="New or known; several stand between commas, such as: beta, met at the fair",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def clean_tags(self) -> list[str]:
        found = read_tags(self.cleaned_data["tags"])
        if not found:
            raise ValidationError("Write at least one tag.")
        return found

    @property
    def parameters(self) -> dict[str, Any]:
        return {"tags": self.cleaned_data["tags"]}


class KnownTagForm(ActForm):
    tag = forms.ChoiceField()

    def __init__(self, member: Member, count: int, given: QueryDict | None = None) -> None:
        super().__init__(member, count, given)
        names = Tag.objects.visible_to(member).order_by("name").values_list("name", flat=True)
        self.fields["tag"].choices = [(each, each) for each in names[:OFFERED]]  # type: ignore[attr-defined]
        if not names:
            self.fields["tag"].help_text = "No customer has a tag yet."

    @property
    def parameters(self) -> dict[str, Any]:
        return {"tags": [self.cleaned_data["tag"]]}


def _add(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    change = amend.tags_added(work.parameters["tags"])
    changed = amend.amend_all(work.workspace_id, work.by, ids, change, now)
    outcome = Outcome(len(changed))
    outcome.left_out[f"Had it, or have {MAX_TAGS:,} tags already"] = len(ids) - len(changed)
    return outcome


def _remove(work: Work, ids: Sequence[UUID], now: datetime) -> Outcome:
    change = amend.tags_removed(work.parameters["tags"])
    changed = amend.amend_all(work.workspace_id, work.by, ids, change, now)
    outcome = Outcome(len(changed))
    outcome.left_out["Did not have it"] = len(ids) - len(changed)
    return outcome


ADD_TAG = Act(
    "add_tag",
    "Add a tag",
    "icons/tags.svg",
    NewTagsForm,
    "They keep the tags that they have.",
    lambda said: f"Add the tag {', '.join(said['tags'])}",
    "Tagged",
    _add,
)
REMOVE_TAG = Act(
    "remove_tag",
    "Remove a tag",
    "icons/x.svg",
    KnownTagForm,
    "The tag itself stays, and so do the other tags.",
    lambda said: f"Remove the tag {', '.join(said['tags'])}",
    "Removed",
    _remove,
)
