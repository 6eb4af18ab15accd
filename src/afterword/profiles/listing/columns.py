"""What the list may show of a customer beside the name, and what of it a person has chosen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from afterword.customers.values import PropertyType
from afterword.profiles.models import ChosenColumns
from afterword.workspaces.models import Member

OF_PROPERTY = "properties."


@dataclass(frozen=True, slots=True)
class Column:
    key: str  # of an own column its name, of a property `properties.NAME`
    label: str
    exported: str  # what a file calls it
    shown: str = "text"  # how a cell shows it: text, moment, tags, status, score, risk
    order: str = ""  # the order that a click on it chooses
    type: PropertyType | None = None  # a property's

    @property
    def property_name(self) -> str:
        return self.key.removeprefix(OF_PROPERTY)


OWN = (
    Column("email", "E-mail", "email"),
    Column("company_name", "Company", "companyName", order="company"),
    Column("job_title", "Job title", "jobTitle"),
    Column("phone", "Phone", "phone"),
    Column("city", "City", "city"),
    Column("state", "State", "state"),
    Column("country", "Country", "country"),
    Column("status", "Status", "status", "status"),
    Column("tags", "Tags", "tags", "tags"),
    Column("last_score", "Last score", "lastScore", "score"),
    Column("at_risk", "At risk", "atRisk", "risk"),
    Column("last_surveyed_at", "Last survey", "lastSurveyDate", "moment", "last_survey"),
    Column("source", "Source", "source"),
    Column("created_at", "Added", "createdDate", "moment", "added"),
)
USUAL = ("company_name", "status", "tags", "last_surveyed_at", "created_at")
MOST = 20


def columns_to_choose(types: Mapping[str, PropertyType]) -> Sequence[Column]:
    """Return own columns, then the properties that are defined."""
    defined = [Column(OF_PROPERTY + name, name, name, type=kind) for name, kind in types.items()]
    return [*OWN, *defined]


def these(keys: Iterable[str], there_are: Collection[Column]) -> list[Column]:
    """Return the columns with these keys, in the order in which they are offered."""
    wanted = set(keys)
    return [one for one in there_are if one.key in wanted][:MOST]


def chosen_by(member: Member) -> Sequence[str]:
    """Return the keys that the member chose in this workspace, or the usual ones."""
    kept = ChosenColumns.objects.filter(member=member).first()
    return kept.columns if kept else USUAL


def choose(member: Member, columns: Sequence[Column]) -> None:
    keys = [one.key for one in columns]
    ChosenColumns.objects.update_or_create(member=member, defaults={"columns": keys})
