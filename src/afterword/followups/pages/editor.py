"""The sections of the campaign editor that follow-ups bring."""

from functools import partial
from uuid import UUID

from django.urls import reverse

from afterword.campaigns.editor.later_sections import LaterSection
from afterword.followups.pages.sections import SECTIONS


def _address(key: str, campaign_id: UUID) -> str:
    return reverse(f"followups:{key}", args=[campaign_id])


def editor_sections() -> list[LaterSection]:
    """Return them in the order in which they follow the reminders."""
    after = ["reminders", *(section.key for section in SECTIONS)]
    return [
        LaterSection(section.key, section.name, before, partial(_address, section.key))
        for before, section in zip(after, SECTIONS, strict=False)
    ]
