"""The forms of a page, as a browser would submit them."""

from html.parser import HTMLParser
from typing import NamedTuple

# What a person would write into a field that is empty, by its type.
WRITTEN = {
    "email": "new@example.com", "url": "https://example.com/", "number": "1", "date": "2026-11-01",
    "datetime-local": "2026-11-01T12:00", "time": "12:00", "color": "#336699", "file": "a,b\n1,2\n",
}  # fmt: skip
_SILENT = {"submit", "button", "image", "reset"}


class Form(NamedTuple):
    """Where it goes, how, what is in each field, and which of these are files."""

    method: str
    action: str
    fields: dict[str, list[str]]
    files: frozenset[str]
    # What is sent only once it is ticked.
    unticked: dict[str, str]


def forms_of(html: str, address: str) -> list[Form]:
    """Return the forms of the page at `address`, and each other way that its buttons have."""
    reader = _Reader(address)
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._address = address
        self._form: Form | None = None
        self._ways: list[tuple[str, str]] = []
        self._select = self._area = ""
        self._chosen: list[str] = []
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self._address
            self._form = Form(given.get("method", "get").lower(), action, {}, frozenset(), {})
            self._ways = []
        for method in ("post", "get"):
            if action := given.get(f"hx-{method}"):
                self._ways.append((method, action))
        if self._form is None:
            return
        if action := given.get("formaction"):
            self._ways.append((given.get("formmethod") or self._form.method, action))
        self._read_field(tag, given)

    def _read_field(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            self._read_input(name, given)
        elif tag == "button" and name:
            self._take(name, given.get("value", ""))
        elif tag == "select" and name:
            self._select, self._chosen, self._first = name, [], None
        elif tag == "option" and self._select:
            value = given.get("value", "")
            self._first = self._first or value
            if "selected" in given:
                self._chosen.append(value)
        elif tag == "textarea" and name:
            self._area = name
            self._take(name, "")

    def _read_input(self, name: str, given: dict[str, str]) -> None:
        assert self._form
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in {"checkbox", "radio"} and "checked" not in given:
            self._form.unticked.setdefault(name, value or "on")
        elif kind not in _SILENT:
            if kind == "file":
                self._form = self._form._replace(files=self._form.files | {name})
            default = value if kind == "hidden" else WRITTEN.get(kind, "Word")
            self._take(name, value or default)

    def _take(self, name: str, value: str) -> None:
        assert self._form
        self._form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[self._area][-1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select" and self._select and self._form:
            for value in self._chosen or [self._first or ""]:
                self._take(self._select, value)
            self._select = ""
        elif tag == "form" and self._form:
            form, self._form = self._form, None
            self.forms.append(form)
            self.forms += [form._replace(method=way, action=at) for way, at in self._ways]
            self._ways = []
