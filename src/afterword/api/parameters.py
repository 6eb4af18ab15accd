"""What a request may ask for: pages, orders, dates and filters, each with its own refusal."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from afterword.core.email_address import normalise
from afterword.core.instants import parse_instant

DATE_LENGTH = len("2026-01-31")
# OFFSET takes 63 bits; this leaves room for the largest limit.
LAST_PAGE = 10**12


def _or_none(value: object) -> object:
    """Clients that fill in forms send the parameters they leave out as empty texts."""
    return None if value == "" else value


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("take the NUL character out")
    return value


def _address(value: str) -> str:
    """An address that cannot be one is looked for as it is, and not found."""
    return normalise(_storable(value)) or value


def _instant(value: object) -> object:
    if value in {"", None}:
        return None
    text = str(value).strip()
    # A form's "+01:00" arrives as " 01:00": a plus sign in a query means a space.
    mended = text.replace(" ", "+") if "T" in text else text
    found = parse_instant(int(text)) if _is_unix(text) else parse_instant(mended)
    if found is None:
        raise ValueError("give a date such as 2026-01-31, 2026-01-31T09:30:00Z or 1769850000")
    return found


def _is_unix(text: str) -> bool:
    # Eight digits are a date without dashes.
    return text.isascii() and text.isdigit() and len(text) != 8 and len(text) < 20


def _last_instant(value: object) -> object:
    """The end of the day where only a day is named, so that the day is part of the range."""
    found = _instant(value)
    is_a_day = len(str(value).strip()) <= DATE_LENGTH and not _is_unix(str(value).strip())
    if isinstance(found, datetime) and is_a_day:
        return datetime.combine(found, datetime.max.time(), tzinfo=UTC)
    return found


_DATE = WithJsonSchema(
    {"type": "string", "description": "ISO 8601, or a UNIX timestamp. Without a zone: UTC."}
)
Id = Annotated[UUID | None, BeforeValidator(_or_none)]
Text = Annotated[str, AfterValidator(_storable)]
Address = Annotated[str, AfterValidator(_address)]
Since = Annotated[datetime | None, BeforeValidator(_instant), _DATE]
Until = Annotated[datetime | None, BeforeValidator(_last_instant), _DATE]


class Period(Schema):
    """From `startDate` to `endDate`, both included."""

    startDate: Since = None
    endDate: Until = None

    def within(self, column: str) -> dict[str, datetime]:
        """Return the conditions on a column of instants."""
        conditions = {f"{column}__gte": self.startDate, f"{column}__lte": self.endDate}
        return {name: instant for name, instant in conditions.items() if instant}


class Paging(Period):
    page: int = Field(1, ge=1, le=LAST_PAGE)
    limit: int = Field(20, ge=1, le=1000)
    sort: Text = Field("", description="A field; a leading - turns the order round.")
