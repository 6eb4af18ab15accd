"""What the pages need of one kind of rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterword.followups.rules import Rule
from afterword.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Section:
    """`noun` is what a rule is called, after "the"; `key` stands in addresses."""

    key: str
    name: str
    noun: str
    model: type[Rule]
    # Takes the rule that is to be made or changed, and what was sent.
    form: Callable[..., Any]
    # Tries the rule for a member; returns whether that did it, and what to tell.
    trial: Callable[[Any, Member, datetime], tuple[bool, str]]
    trial_word: str
    lead: str  # what such rules are for
    empty: str  # what is said where there are none
    variables: tuple[str, ...] = ()  # that texts may use
    # What to tell once, about a rule that was just made: a secret that is not shown again.
    made: Callable[[Any], str | None] = lambda _rule: None
    # Gives a rule another such secret and returns it.
    rotate: Callable[[Any, datetime], str] | None = None
    # Rules that are offered, each as the values of its columns; they are off until they are made.
    offers: Callable[[Any], list[dict[str, Any]]] = lambda _campaign: []
    # Draws what is being typed as HTML: takes a rule and the texts of the form.
    preview: Callable[[Any, Mapping[str, str]], str] | None = None
    for_workspace: bool = True
    has_log: bool = True

    # For templates, which would call what can be called.
    @property
    def has_preview(self) -> bool:
        return self.preview is not None

    @property
    def has_secret(self) -> bool:
        return self.rotate is not None
