"""Read who follows answers up from a workspace's file."""

from typing import Any

from afterword.apply.fields import Fields
from afterword.apply.things import LoopSpec
from afterword.feedback.loop.models import MOST_HOURS, To


def read_loop(top: Fields) -> LoopSpec | None:
    """Return what the file sets of the rule; the rest of it stays."""
    fields = top.child("close_the_loop")
    if fields is None:
        return None
    columns: dict[str, Any] = {
        "to": fields.choice("to", To, To.MEMBER),
        "owner_property": fields.text("owner_property", 100, ""),
        "due_hours": fields.integer("due_hours", 1, MOST_HOURS),
    }
    given = {name: value for name, value in columns.items() if fields.has(name) and value}
    member = fields.text("member", 254, "").lower() if fields.has("member") else None
    members = [one.lower() for one in fields.texts("members", 254)]
    found = LoopSpec(
        fields,
        given,
        fields.switch("active", None),
        member,
        members if fields.has("members") else None,
    )
    fields.finish()
    return found
