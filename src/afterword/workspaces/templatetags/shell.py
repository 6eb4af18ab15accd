"""What the page shell knows of the person who looks at it: `{% shell as shell %}`."""

from dataclasses import dataclass, field

from django import template
from django.http import HttpRequest
from django.template import Context

from afterword.configuration import configuration
from afterword.web.navigation import Item, pages, settings_pages
from afterword.workspaces.access import SESSION_KEY
from afterword.workspaces.models import Member, Role, Workspace

register = template.Library()


@dataclass(frozen=True, slots=True)
class Shell:
    """The parts of the shell; without a member only the page itself is shown, in UTC."""

    member: Member | None = None
    may_change: bool = False
    may_administer: bool = False
    items: list[Item] = field(default_factory=list)
    settings: list[Item] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)

    @property
    def is_at_settings(self) -> bool:
        return any(item.is_current for item in self.settings)


@register.simple_tag(takes_context=True)
def shell(context: Context) -> Shell:
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not hasattr(request, "user"):
        return Shell()
    members = memberships(request)
    if not members:
        return Shell()
    member = chosen(members, request)
    role = Role(member.role)
    return Shell(
        member=member,
        may_change=role.may_change,
        may_administer=role.may_administer,
        items=pages(request.path, with_mailbox=configuration().mail is None),
        settings=settings_pages(
            request.path, may_change=role.may_change, may_administer=role.may_administer
        ),
        workspaces=sorted((each.workspace for each in members), key=str),
    )


def memberships(request: HttpRequest) -> list[Member]:
    """Everything the shell needs of the person, in one query; the oldest first."""
    if not request.user.is_authenticated:
        return []
    rows = Member.objects.filter(user_id=request.user.pk).select_related("workspace")
    return list(rows.order_by("created_at"))


def chosen(members: list[Member], request: HttpRequest) -> Member:
    """The same member that `current_member` finds."""
    wanted = request.session.get(SESSION_KEY)
    return next((each for each in members if str(each.workspace_id) == wanted), members[0])
