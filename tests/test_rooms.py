"""A newcomer finds by folder names where a thing belongs, and each folder says what it is for."""

import ast
from pathlib import Path

import pytest

import afterword

SOURCE = Path(afterword.__file__).parent
APART = {"tests", "migrations", "templatetags", "static", "templates", "__pycache__"}


def is_room(folder: Path) -> bool:
    inside = set(folder.relative_to(SOURCE).parts)
    return folder.is_dir() and not inside & APART and any(folder.glob("*.py"))


ROOMS = sorted(filter(is_room, SOURCE.rglob("*")))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(SOURCE)))
def test_each_room_says_its_purpose_in_a_line(room):
    purpose = ast.get_docstring(ast.parse((room / "__init__.py").read_text()))

    assert purpose
    assert "\n" not in purpose


# What a newcomer looks for, and where it is: a folder for each, which says its purpose.
SOUGHT = [
    "campaigns/channels/email",
    "campaigns/channels/in_app",
    "campaigns/channels/link",
    "events/sources/segment",
    "followups/autoresponders",
    "followups/notifications",
    "followups/webhooks",
    "happenings",
    "occasions/call",
    "occasions/due_date",
    "occasions/event",
    "occasions/hand",
    "occasions/hook",
    "occasions/page",
    "survey_templates/editor",
    "survey_templates/wording",
]


@pytest.mark.parametrize("folder", SOUGHT)
def test_what_is_sought_has_a_folder(folder):
    assert SOURCE / folder in ROOMS
