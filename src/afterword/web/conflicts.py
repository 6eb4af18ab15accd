"""Two people, or two tabs, on one thing: who saves second sees what the first one saved.

A form carries what it showed. When it is sent, a field that only somebody else has changed since
takes their value, and one that both have changed is refused with theirs beside it: saving once
more puts one's own in its place.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from afterword.core import foreign_json

FIELD = "seen"
SAVE_AGAIN = "Save again to put yours in its place."


def seen_input(shown: object) -> SafeString:
    """Return the hidden field that carries what a form shows."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, _written(shown))


def seen_in(given: Mapping[str, Any]) -> Any:
    """Return what the form that was sent had shown; None if it does not say."""
    try:
        return foreign_json.read((given.get(FIELD) or "null").encode("utf-8", "replace"))
    except foreign_json.Malformed:
        return None


def as_seen(value: object) -> Any:
    """Return a value as it comes back from a page."""
    return json.loads(_written(value))


class NoticesOthers(forms.BaseForm):
    """Of a form on something that is stored; stands before `Form` among the bases."""

    @property
    def seen_input(self) -> SafeString:
        return seen_input(self._stored())

    def full_clean(self) -> None:
        theirs = self._changed_by_others() if self.is_bound else {}
        conflicts = {name: value for name, value in theirs.items() if self._is_mine(name)}
        self._take_over({name: theirs[name] for name in theirs.keys() - conflicts.keys()})
        super().full_clean()
        for name, value in conflicts.items():
            words = f"Somebody saved this meanwhile: {self._in_words(name, value)} {SAVE_AGAIN}"
            self.add_error(name, words)

    def _stored(self) -> dict[str, Any]:
        return {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
            if not isinstance(field, forms.FileField)
        }

    def _changed_by_others(self) -> dict[str, Any]:
        seen = seen_in(self.data)
        if not isinstance(seen, dict):
            return {}
        self._seen = seen
        return {
            name: value
            for name, value in self._stored().items()
            if name in seen and as_seen(value) != seen[name]
        }

    def _is_mine(self, name: str) -> bool:
        """Whether the sender changed the field too, and to something else."""
        field = self.fields[name]
        given = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return field.has_changed(self._seen[name], given) and field.has_changed(
            self._stored()[name], given
        )

    def _take_over(self, theirs: Mapping[str, Any]) -> None:
        if not theirs:
            return
        given = QueryDict(mutable=True)
        given.update(self.data if isinstance(self.data, QueryDict) else {**self.data})
        for name, value in theirs.items():
            key = self.add_prefix(name)
            given.pop(key, None)
            if value not in (None, False):
                given[key] = "on" if value is True else self.fields[name].prepare_value(value)
        self.data = given

    def _in_words(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return "it is on." if value else "it is off."
        choices = getattr(self.fields[name], "choices", [])
        words = next((label for key, label in choices if str(key) == str(value)), value)
        return f"“{words}”." if words not in (None, "") else "it is empty."


def _written(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)
