"""The field in which one says what a column fills: dozens of options, in hundreds of columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Choices = Sequence[tuple[str, str]]  # values and labels


class Options:
    """Options, some under a heading each, written as HTML once for all who offer them."""

    def __init__(self, choices: Choices, groups: Iterable[tuple[str, Choices]] = ()) -> None:
        groups = list(groups)
        self.values = {value for _, some in [("", choices), *groups] for value, _ in some}
        self.html = _written(choices) + format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            ((name, _written(some)) for name, some in groups),
        )


class TargetField(forms.Field):
    """Its value is one of the options that all columns have, or of its own."""

    default_error_messages = forms.ChoiceField.default_error_messages

    def __init__(self, shared: Options, own: Options, **options: Any) -> None:
        super().__init__(widget=_Select(shared, own), required=False, **options)
        self._values = shared.values | own.values

    def clean(self, value: str | None) -> str:
        value = value or ""
        if value not in self._values:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value})
        return value


class _Select(forms.Select):
    """Django's renders a template for each option, which takes seconds for 500 columns."""

    def __init__(self, shared: Options, own: Options) -> None:
        super().__init__()
        self._html = shared.html + own.html

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        at = f'value="{escape(value or "")}"'
        # Quotes are escaped wherever else there are any, so this is an option's value.
        html = self._html.replace(at, f"{at} selected", 1)
        every = flatatt({"name": name, **self.attrs, **(attrs or {})})
        return format_html("<select{}>{}</select>", every, mark_safe(html))  # noqa: S308


def _written(choices: Choices) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', choices)
