"""Save of a row what a file says otherwise."""

from typing import Any

from django.db import models

from afterword.apply.writing.text import with_plain_lines

# Columns by the field that sets them, where that has another name.
_FIELD_OF = {
    "keeps_unsent_properties": "keep_unsent_properties",
    "service": "trigger",
    "events": "trigger",
    "target_answers": "answer_target",
    "target_property": "answer_target",
    "throttle_days": "throttle",
    "throttle_scope": "throttle",
    "fatigue_surveys": "fatigue",
    "fatigue_days": "fatigue",
    "logo_id": "logo",
    "logo_url": "logo",
    "template_id": "template",
    "tracks_opens": "open_tracking",
}


def store(row: models.Model, columns: dict[str, Any]) -> list[str] | None:
    """Save what differs; return the fields that did, None if the row is new."""
    changed = [name for name, value in columns.items() if differs(getattr(row, name), value)]
    for column in changed:
        setattr(row, column, columns[column])
    if row._state.adding:
        row.save()
        return None
    if changed:
        stamps = {"updated_at"} & {column.name for column in row._meta.fields}
        row.save(update_fields=[*changed, *stamps])
    return [_FIELD_OF.get(column, column) for column in changed]


def differs(stored: object, given: object) -> bool:
    """A form ends lines otherwise than a file does, which is no difference."""
    return bool(with_plain_lines(stored) != with_plain_lines(given))
