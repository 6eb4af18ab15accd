"""What a workspace's file says, thing by thing. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from afterword.apply.fields import Fields
from afterword.apply.problems import Problems


@dataclass(frozen=True, slots=True)
class WorkspaceSpec:
    """Its columns are those that the file sets; the others stay."""

    source: Fields
    name: str
    columns: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PropertySpec:
    """`description` is None where the file leaves that to others."""

    source: Fields
    name: str
    type: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class BrandSpec:
    """Its columns are those that the file sets; the others stay, as a logo does that it lacks."""

    source: Fields
    columns: dict[str, Any]
    logo: bytes | None = None
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """A logo is a file's content or an address; with neither, the one it has stays."""

    source: Fields
    key: str
    metric: str
    columns: dict[str, Any]
    logo: bytes | None = None
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class ReminderSpec:
    source: Fields
    when: str
    after_days: int
    channel: str
    template_key: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A notification, an autoresponder or a webhook; `key` tells it among those of its kind.

    A header whose value is None keeps the one that it has, as an empty `slack_url` does.
    """

    source: Fields
    key: object
    columns: dict[str, Any]
    active: bool
    audience: "GroupSpec"
    headers: dict[str, str | None] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)
    slack_url: str = field(default="", repr=False)
    slack_token: str = field(default="", repr=False)
    members: list[str] = field(default_factory=list)  # their addresses

    def is_like(self, other: "RuleSpec") -> bool:
        """Whether nothing tells the two apart."""
        return (self.key, self.columns, self.members) == (other.key, other.columns, other.members)


FollowupSpecs = dict[str, list[RuleSpec] | None]


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """`definition` is as an audience's definition has it."""

    source: Fields
    definition: dict[str, Any]


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """Filters that count as one; an audience's own are the outermost."""

    source: Fields | None
    match: str = "all"
    filters: "list[FilterSpec | GroupSpec]" = field(default_factory=list)

    @property
    def definition(self) -> dict[str, Any]:
        return {"match": self.match, "filters": [each.definition for each in self.filters]}

    def each_filter(self) -> Iterator[FilterSpec]:
        for each in self.filters:
            if isinstance(each, GroupSpec):
                yield from each.each_filter()
            else:
                yield each


@dataclass(frozen=True, slots=True)
class CampaignSpec:
    """`active` and `archived` are None where the file leaves that to others."""

    source: Fields
    key: str
    metric: str
    template_key: str
    columns: dict[str, Any]
    audience: GroupSpec
    reminders: list[ReminderSpec]
    active: bool | None
    archived: bool | None = None
    # By their fields' names; those of a kind are None where the file leaves them to others.
    followups: "FollowupSpecs" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HookSpec:
    """An inbound webhook; `campaign_key` is "" for none."""

    source: Fields
    name: str
    campaign_key: str
    columns: dict[str, Any]
    active: bool


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """Who follows answers up. What is None, or no column, is left to others; people by address."""

    source: Fields
    columns: dict[str, Any]
    active: bool | None
    member: str | None
    members: list[str] | None


@dataclass(frozen=True, slots=True)
class TokenSpec:
    source: Fields
    name: str
    scope: str


@dataclass(frozen=True, slots=True)
class WorkspaceFile:
    problems: Problems
    workspace: WorkspaceSpec
    properties: list[PropertySpec] = field(default_factory=list)
    templates: list[TemplateSpec] = field(default_factory=list)
    campaigns: list[CampaignSpec] = field(default_factory=list)
    tokens: list[TokenSpec] = field(default_factory=list)
    brand: BrandSpec | None = None
    # Those of the whole workspace.
    followups: FollowupSpecs = field(default_factory=dict)
    hooks: list[HookSpec] = field(default_factory=list)
    loop: LoopSpec | None = None

    def named(self, name: str) -> "WorkspaceFile":
        """Return the same for a workspace of another name."""
        return replace(self, workspace=replace(self.workspace, name=name))
