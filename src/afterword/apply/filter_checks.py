"""What is wrong with a filter in a workspace's file, told beside its field."""

from collections.abc import Mapping

from afterword.apply.things import FilterSpec
from afterword.audience.definition import check as check_audience
from afterword.customers.values import PropertyType


def check_filter(spec: FilterSpec, types: Mapping[str, PropertyType]) -> None:
    if not spec.definition["field"] or not spec.definition["operator"]:
        return
    for sentence in check_audience({"filters": [spec.definition]}, types):
        problem = sentence.removeprefix("Filter 1: ")
        spec.source.refuse(_culprit(problem), problem)


def _culprit(problem: str) -> str:
    """Return the field of a filter that its problem is about."""
    if problem.startswith("There is no field"):
        return "field"
    return "operator" if " does not fit " in problem else "value"
