"""How many customers hold each property and each tag; not known where it takes too long."""

import time
from collections.abc import Mapping

from afterword.core.in_time import rows_in_time
from afterword.workspaces.models import Workspace

SECONDS = 1.0

_OF_PROPERTIES = """
    SELECT name, count(*) FROM customers_customer, jsonb_object_keys(properties) AS name
    WHERE workspace_id = %s GROUP BY name
"""
_OF_TAGS = """
    SELECT name, count(*) FROM customers_customer, unnest(tags) AS name
    WHERE workspace_id = %s GROUP BY name
"""


def holders_of_properties(workspace: Workspace) -> Mapping[str, int] | None:
    """Return the number by name, none where nobody has it; None where it takes too long."""
    return _counted(_OF_PROPERTIES, workspace)


def holders_of_tags(workspace: Workspace) -> Mapping[str, int] | None:
    return _counted(_OF_TAGS, workspace)


def _counted(query: str, workspace: Workspace) -> Mapping[str, int] | None:
    rows = rows_in_time(query, [workspace.id], time.monotonic() + SECONDS)
    return None if rows is None else dict(rows)
