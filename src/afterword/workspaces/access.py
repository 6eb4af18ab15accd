"""Who may do what: every page begins here, and gets the member who asks for it.

Its times are those of the member's workspace.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from afterword.web import kept_forms
from afterword.workspaces.models import Member, Role

P = ParamSpec("P")
MemberView = Callable[Concatenate[HttpRequest, Member, P], HttpResponseBase]
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

SESSION_KEY = "workspace_id"


def for_members(view: MemberView[P]) -> View[P]:
    """Any member, analysts too: pages that only show."""
    return _for(lambda role: True, view)


def for_changers(view: MemberView[P]) -> View[P]:
    """Members who may change campaigns and customers."""
    return _for(lambda role: role.may_change, view)


def for_administrators(view: MemberView[P]) -> View[P]:
    """Owners and admins: tokens, properties, the workspace itself."""
    return _for(lambda role: role.may_administer, view)


def current_member(request: HttpRequest) -> Member | None:
    """Return who the signed-in user is in the workspace chosen last, or in their first."""
    if not request.user.is_authenticated:
        return None
    members = Member.objects.filter(user_id=request.user.pk).select_related("workspace")
    chosen = request.session.get(SESSION_KEY)
    ordered = sorted(members, key=lambda m: (str(m.workspace_id) != chosen, m.created_at))
    return ordered[0] if ordered else None


def _for(may: Callable[[Role], bool], view: MemberView[P]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return kept_forms.sign_in_first(request)
        member = current_member(request)
        if member is None:
            return render(request, "workspaces/none.html", status=403)
        if not may(Role(member.role)):
            raise PermissionDenied
        kept = None
        if kept_forms.FIELD in request.POST:
            kept = kept_forms.restore(request, member.user_id)
            if kept is None:
                messages.error(request, "This was saved already, or is kept no more.")
                return redirect(request.get_full_path())
        with timezone.override(ZoneInfo(member.workspace.time_zone)):
            response = view(request, member, *args, **kwargs)
        if kept and response.status_code < HTTPStatus.BAD_REQUEST:
            kept.delete()
        kept_forms.remember(request, response, member.user_id)
        return response

    return guarded
