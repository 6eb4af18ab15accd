"""The page components that need more than an include."""

from django import forms, template
from django.forms.boundfield import BoundField
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


def _is_first_wrong(field: BoundField) -> bool:
    return bool(field.errors) and field.name == next(
        (each.name for each in field.form if each.errors), None
    )


@register.filter
def is_switch(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)
