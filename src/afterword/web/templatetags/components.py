"""The page components that need more than an include."""

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
]

register.inclusion_tag("components/moment.html", name="moment")(
    lambda value, never="": {"value": value, "never": never}
)


@register.simple_block_tag
def filters(content: SafeString, clear: str = "") -> SafeString:
    """Wrap the choices and fields that narrow a list; `clear` leads to the whole list."""
    return render_to_string("components/filters.html", {"content": content, "clear": clear})


@register.filter
def breaks_at_the_at(address: str) -> SafeString:
    """Let an e-mail address that is too long for its line break before its domain."""
    name, at, domain = address.rpartition("@")
    return format_html("{}<wbr>{}", name, at + domain)


@register.filter
def with_code(text: str) -> SafeString:
    """Show what stands between back-ticks as code."""
    pieces = str(text).split("`")
    if len(pieces) % 2 == 0:  # one without its partner is a character like any other
        return conditional_escape(text)
    marks = ("{}", "<code>{}</code>")
    marked = [format_html(marks[n % 2], piece) for n, piece in enumerate(pieces)]
    return format_html_join("", "{}", ((piece,) for piece in marked))


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a field's widget as Tabler's control, with its errors and help tied to it.

    The browser leads to the first one of the form that is to be mended.
    """
    widget = field.field.widget
    classes = [next((name for kind, name in _CLASSES if isinstance(widget, kind)), "form-control")]
    if "class" in widget.attrs:
        classes.append(widget.attrs["class"])
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(
        attrs={"class": " ".join(classes), "autofocus": _is_first_wrong(field)},
    )


@register.filter
def choice(option: BoundWidget) -> SafeString:
    """Render one radio button or check box of a field that has several, without its label."""
    option.data["attrs"] |= {"class": "form-check-input"}
    return option.tag()


def _is_first_wrong(field: BoundField) -> bool:
    return bool(field.errors) and field.name == next(
        (each.name for each in field.form if each.errors), None
    )


@register.filter
def is_switch(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)
