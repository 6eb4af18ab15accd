"""Keep what our own people answered out of scores, as far as the list says now."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q

from afterword.feedback.models import BY_SURVEY, Response
from afterword.feedback.risk.models import RiskRule
from afterword.suppressions.patterns import address_end, is_address, patterns_about
from afterword.workspaces.models import Workspace


def is_own(workspace: Workspace, email: str) -> bool:
    """Whether an address, or its domain, is on the workspace's list."""
    own = set(workspace.own_people)
    return bool(own and email) and not own.isdisjoint(patterns_about(email))


@transaction.atomic
def change_own_people(workspace: Workspace, patterns: Collection[str]) -> None:
    """Put these in place of the list, and let answers to surveys count by it.

    What a member added by hand counts as that member said. Who is at risk is judged anew.
    """
    locked = Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
    before, after = set(locked.own_people), set(patterns)
    workspace.own_people = sorted(after)
    workspace.save(update_fields=["own_people"])
    answers = Response.objects.filter(workspace=workspace, source__in=BY_SURVEY)
    if new := after - before:
        answers.filter(_of(new), counts=True).update(counts=False)
    if gone := before - after:
        others = answers.filter(_of(gone), counts=False)
        (others.exclude(_of(after)) if after else others).update(counts=True)
    if before != after:
        RiskRule.objects.filter(workspace=workspace).update(anew_from="")


def _of(patterns: Iterable[str]) -> Q:
    """Whose addresses fall under one of the patterns."""
    found = Q()
    for pattern in patterns:
        if is_address(pattern):
            found |= Q(email=pattern)
        else:
            found |= Q(email__endswith=address_end(pattern))
    return found
