"""What a row says of a customer, or why it is refused. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from afterword.core import csv_cells, foreign_json
from afterword.core.email_address import normalise
from afterword.customers.importing.reading.headers import EMAIL, NAME, OWN, PROPERTY, SURVEYED, TAGS
from afterword.customers.importing.reading.stops import STOP, Unclear, stops_of
from afterword.customers.own_fields import own_line, read_tags
from afterword.customers.values import Problem, PropertyType, Value, convert, describe


class Said(msgspec.Struct, omit_defaults=True):
    """Own fields by column; properties by name, None to take one away; tags, [] to take all away;
    what stops mail, each reason with the words that the file has for it.

    What is not there is left as it is.
    """

    own: dict[str, str] = {}
    properties: dict[str, Any] = {}
    tags: list[str] | None = None
    stops: dict[str, str] = {}
    surveyed_at: str = ""  # when they were last asked, as a date property is written

    def add(self, later: "Said") -> None:
        """Add a later row of the same customer: of each column the last cell that is not empty
        counts. Tags come together, and so does what stops mail; of two last surveys the later one
        counts.
        """
        self.own.update({at: text for at, text in later.own.items() if text or at not in self.own})
        known = self.properties
        known.update({n: v for n, v in later.properties.items() if v is not None or n not in known})
        if later.tags is not None:
            self.tags = list(dict.fromkeys([*(self.tags or ()), *later.tags]))
        self.stops.update(later.stops)
        self.surveyed_at = max(self.surveyed_at, later.surveyed_at)  # ISO 8601 in UTC


class Refused(Exception):
    """The row is refused; the text says why."""


class Columns:
    """What the columns of a file mean, ready for many rows."""

    def __init__(
        self,
        headers: Sequence[str],
        targets: Sequence[str],
        types: Mapping[str, PropertyType],
        *,
        empties_remove: bool,
    ) -> None:
        """`targets` has a word of `headers.py` for each column; what has no type is left out."""
        self.headers = headers
        self._empties_remove = empties_remove
        places = {target: at for at, target in enumerate(targets) if target}
        self._email = places[EMAIL]
        self._name, self._tags = places.get(NAME), places.get(TAGS)
        self._surveyed = places.get(SURVEYED)
        self._own = [
            (at, target.removeprefix(OWN))
            for target, at in places.items()
            if target.startswith(OWN)
        ]
        named = [
            (at, target.removeprefix(PROPERTY))
            for target, at in places.items()
            if target.startswith(PROPERTY)
        ]
        self._stops = [(at, target) for target, at in places.items() if target.startswith(STOP)]
        self._properties = [(at, name, types[name]) for at, name in named if name in types]

    def read(self, cells: list[str]) -> tuple[str, Said]:
        """Return the address and what is said of its customer; raises Refused.

        What is missing at the end of a short row is not said at all.
        """
        if len(cells) > len(self.headers) and any(map(str.strip, cells[len(self.headers) :])):
            raise Refused(
                f"The row has {len(cells):,} cells, and the header {len(self.headers):,}."
            )
        email = self._address(cells)
        said = Said({}, {}, stops={})
        self._read_own(cells, said.own)
        for at, name, kind in self._properties:
            if at < len(cells) and (value := self._property(cells, at, kind)) is not _UNSAID:
                said.properties[name] = value
        if self._tags is not None and self._tags < len(cells):
            tags = read_tags(_items(csv_cells.value_of(cells[self._tags].strip())))
            said.tags = tags if tags or self._empties_remove else None
        if self._surveyed is not None and self._surveyed < len(cells):
            asked = self._property(cells, self._surveyed, PropertyType.DATE)
            said.surveyed_at = "" if asked in {None, _UNSAID} else asked
        for at, target in self._stops:
            if at < len(cells):
                said.stops.update(self._stop(cells, at, target))
        return email, said

    def _address(self, cells: Sequence[str]) -> str:
        text = cells[self._email].strip() if self._email < len(cells) else ""
        if not text:
            raise Refused("It has no e-mail address.")
        email = normalise(csv_cells.value_of(text))
        if email is None:
            raise Refused(f"{describe(text)} is no e-mail address.")
        return email

    def _read_own(self, cells: Sequence[str], own: dict[str, str]) -> None:
        if self._name is not None and self._name < len(cells):
            first, _, last = own_line(csv_cells.value_of(cells[self._name])).partition(" ")
            named = {"first_name": first, "last_name": last.strip()}
            own.update({part: text for part, text in named.items() if self._is_said(text)})
        for at, column in self._own:
            if at < len(cells):
                text = own_line(csv_cells.value_of(cells[at]))
                if self._is_said(text):
                    own[column] = text

    def _is_said(self, text: str) -> bool:
        return bool(text) or self._empties_remove

    def _stop(self, cells: Sequence[str], at: int, target: str) -> Mapping[str, str]:
        text = own_line(csv_cells.value_of(cells[at]))
        try:
            found = stops_of(target, text)
        except Unclear:
            raise Refused(
                f"{self.headers[at]}: {describe(text)} is neither yes, nor no, nor a date."
            ) from None
        return {reason: f"{self.headers[at]}: {words}" for reason, words in found.items()}

    def _property(self, cells: Sequence[str], at: int, kind: PropertyType) -> Any:
        text = cells[at]
        if not text:
            return None if self._empties_remove else _UNSAID
        text = csv_cells.value_of(text.strip())
        value: Value | Problem | None = convert(
            _items(text) if kind == PropertyType.COLLECTION else text, kind
        )
        if isinstance(value, Problem):
            raise Refused(f"{self.headers[at]}: {value.message}")
        if value is None and not self._empties_remove:
            return _UNSAID
        return value


_UNSAID = object()


def _items(text: str) -> object:
    """Return the words of a cell: between commas, or a JSON list, as an export writes it."""
    if text.startswith("["):
        try:
            found = foreign_json.read(text.encode())
        except ValueError:
            return text
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return found
    return text
