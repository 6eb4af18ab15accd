"""The audiences of a workspace's campaigns and saved views, where they name a property or a tag.

Audiences belong to a later stage; here they are no more than JSON, as it is stored.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from afterword.workspaces.models import Workspace

Filter = Mapping[str, Any]


def asking_for(workspace: Workspace, is_meant: Callable[[Filter], bool]) -> list[str]:
    """Return the names of the campaigns with such a filter in their audience."""
    return [
        campaign.name
        for campaign in workspace.campaigns.order_by("name")
        if any(map(is_meant, _filters(campaign.audience)))
    ]


def rewrite(workspace: Workspace, change: Callable[[Filter], Filter]) -> None:
    """Put what `change` returns in the place of each filter; part of the caller's transaction.

    Views are rewritten too; that one asks for a property or a tag keeps nobody from deleting it.
    """
    for campaign in workspace.campaigns.select_for_update():
        found = _changed(campaign.audience, change)
        if found != campaign.audience:
            campaign.audience = found
            campaign.save(update_fields=["audience", "updated_at"])
    for view in workspace.customer_views.select_for_update():
        found = _changed(view.audience, change)
        if found != view.audience:
            view.audience = found
            view.save(update_fields=["audience"])


def _filters(audience: Filter) -> Iterator[Filter]:
    """The filters of an audience as it is stored, those in groups among them."""
    for each in audience.get("filters", []):
        if "filters" in each:
            yield from _filters(each)
        else:
            yield each


def _changed(audience: Filter, change: Callable[[Filter], Filter]) -> Filter:
    if "filters" not in audience:
        return audience
    filters = [
        _changed(each, change) if "filters" in each else change(each)
        for each in audience["filters"]
    ]
    return {**audience, "filters": filters}
