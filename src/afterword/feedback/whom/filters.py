"""The filters of answers by what is known of their customers, as an address carries them.

They are an audience's, over what a snapshot keeps: the same words mean the same as in a campaign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django.http import QueryDict

from afterword.campaigns.editor.asked_audience import AskedAudience, Pairs, pairs_of
from afterword.customers.values import PropertyType

# The own fields that a snapshot keeps and people filter by.
FIELDS = ("tags", "company_name", "job_title", "city", "state", "country")


class AsOf(StrEnum):
    """Which facts of a customer count: those at the moment of the answer, or today's."""

    THEN = "then"
    NOW = "now"


@dataclass
class Whom(AskedAudience):
    NOT_A_FIELD: ClassVar = "Answers cannot be filtered by this."

    @classmethod
    def stored(cls, definition: Mapping[str, Any], types: Mapping[str, PropertyType]) -> Self:
        """The filters of an audience that is kept, as if somebody had just filled them in."""
        return cls(QueryDict(urlencode(pairs_of(definition, types))), dict(types))

    @property
    def own_fields(self) -> Sequence[str]:
        return FIELDS

    @property
    def as_of(self) -> AsOf:
        return AsOf.NOW if self.given.get("as") == AsOf.NOW else AsOf.THEN

    @property
    def pairs(self) -> Pairs:
        found = super().pairs
        return [("as", str(self.as_of)), *found] if found else []
