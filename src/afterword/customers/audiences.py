"""The audiences of a workspace's campaigns, rules and views, by property or tag.

Audiences belong to a later stage; here they are no more than JSON, as it is stored. What a filter
lacks is said by whoever `joining.py` registers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from afterword.customers.models import Property
from afterword.customers.values import PropertyType
from afterword.workspaces.models import Workspace

Filter = Mapping[str, Any]
Problem = Callable[[Filter, Mapping[str, PropertyType]], str | None]

_problem_of: Problem


def judge_by(problem_of: Problem) -> None:
    """`audience`, a later stage, tells what is wrong with a filter where properties have types."""
    global _problem_of  # noqa: PLW0603  (joined once, when the program starts)
    _problem_of = problem_of


# What has an audience, as a workspace calls it.
_ASKING = ("campaigns", "notifications", "autoresponders", "webhooks")


def asking_for(workspace: Workspace, is_meant: Callable[[Filter], bool]) -> list[str]:
    """Return the names of the campaigns, then of rules, with such a filter in their audience."""
    return [
        str(row) if name == "campaigns" else f"{row._meta.verbose_name} {row}"
        for name in _ASKING
        for row in _sorted(getattr(workspace, name).all())
        if any(map(is_meant, _filters(row.audience)))
    ]


def asking_in_vain(prop: Property, kind: PropertyType) -> list[str]:
    """Return the names of those whose filters cannot be used once the property is of this type."""
    types = {prop.name: kind}
    spellings = {prop.name, f"properties.{prop.name}"}
    return asking_for(
        prop.workspace,
        lambda each: each.get("field") in spellings and bool(_problem_of(each, types)),
    )


def rewrite(workspace: Workspace, change: Callable[[Filter], Filter]) -> None:
    """Put what `change` returns in the place of each filter; part of the caller's transaction.

    Views are rewritten too; that one asks for a property or a tag keeps nobody from deleting it.
    """
    for name in (*_ASKING, "customer_views"):
        for row in getattr(workspace, name).select_for_update():
            found = _changed(row.audience, change)
            if found != row.audience:
                type(row).objects.filter(id=row.id).update(audience=found)


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=str)


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
