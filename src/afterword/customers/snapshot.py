"""What is known of a customer at a moment, as surveys and answers keep it. Pure.

    {"first_name": …, "country": …, "company": {"id": …, "name": …}, "tags": […], "properties": {…}}

Own fields under their column names; what is not known is left out. All values are JSON's, for it is
kept as such.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from afterword.customers.record import OWN_COLUMNS


def snapshot(
    own: Mapping[str, str],
    tags: Sequence[str],
    properties: Mapping[str, object],
    company_id: UUID | None,
) -> dict[str, object]:
    facts: dict[str, object] = {name: own[name] for name in OWN_COLUMNS if own[name]}
    if name := facts.pop("company_name", None):
        facts["company"] = {"id": str(company_id), "name": name} if company_id else {"name": name}
    if tags:
        facts["tags"] = tags
    if properties:
        facts["properties"] = properties
    return facts


def name_in(facts: Mapping[str, object]) -> str:
    """Return the name that somebody had then; empty where none was known."""
    return " ".join(str(facts[name]) for name in ("first_name", "last_name") if name in facts)
