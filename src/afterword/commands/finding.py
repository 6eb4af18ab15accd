"""Find what the arguments of a command name."""

from afterword.commands.arguments import Refused
from afterword.workspaces.models import Workspace

MOST_TOLD = 20


def the_workspace(name: str) -> Workspace:
    """Return the workspace of that name; raises Refused with the names that there are."""
    if found := Workspace.objects.filter(name=name).first():
        return found
    names = list(Workspace.objects.order_by("name").values_list("name", flat=True)[:MOST_TOLD])
    there = f"there are: {', '.join(names)}." if names else "make one with `afterword apply FILE`."
    raise Refused(f"There is no workspace named {name}; {there}")
