"""What each thing that can be done for many brings, and the forms that most of them share."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from afterword.long_work.models import Work
from afterword.workspaces.models import Member


@dataclass(slots=True)
class Outcome:
    """What became of a batch: of how many it is done, and why not of the others."""

    done: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


class ActForm(forms.Form):
    """What has to be said before it is done; `parameters` is what of it the work needs."""

    def __init__(self, member: Member, count: int, given: QueryDict | None = None) -> None:
        super().__init__(given)
        self.member = member
        self.count = count

    @property
    def parameters(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class Act:
    """`do` changes some thousand customers at most with a fixed number of queries.

    It is called within a transaction; the work's own key and the customers' are all that it may
    tell two tries by.
    """

    name: str
    label: str  # in the menu
    icon: str
    form: type[ActForm]
    lead: str  # what it means, below the question
    title: Callable[[Mapping[str, Any]], str]  # "Add the tag vip", of the parameters
    done: str  # what a report counts: "Tagged"
    do: Callable[[Work, Sequence[UUID], datetime], Outcome]
    undone: str = ""  # what cannot be brought back, said with emphasis
