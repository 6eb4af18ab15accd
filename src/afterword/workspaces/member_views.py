"""The members of a workspace: who they are, who is invited, and what they may do."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.workspaces.access import for_administrators, for_members
from afterword.workspaces.invites import invite, open_invites, send_again
from afterword.workspaces.member_forms import InviteForm, roles_within
from afterword.workspaces.members import CannotChange, change_role, remove_member
from afterword.workspaces.models import Invite, Member, Role, Token
from afterword.workspaces.tokens import revoke


@require_http_methods(["GET", "HEAD"])
@for_members
def members(request: HttpRequest, member: Member) -> HttpResponse:
    return _show(request, member, InviteForm(Role(member.role)))


@require_POST
@for_administrators
def make_invite(request: HttpRequest, member: Member) -> HttpResponse:
    form = InviteForm(Role(member.role), request.POST)
    if form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        try:
            invite(member.workspace, email, role, member.user, timezone.now())
        except CannotChange as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"A link is on its way to {email}.")
            return redirect("workspaces:members")
    return _show(request, member, form)


@require_POST
@for_administrators
def send_invite(request: HttpRequest, member: Member, invite_id: UUID) -> HttpResponse:
    found = _invite(member, invite_id)
    if not Role(member.role).may_manage(Role(found.role)):
        messages.error(request, "Only an owner invites an owner.")
    elif send_again(found, timezone.now()):
        messages.success(
            request, f"A new link is on its way to {found.email}; the one before leads nowhere."
        )
    else:
        messages.warning(request, f"A link was sent to {found.email} a moment ago.")
    return redirect("workspaces:members")


@require_POST
@for_administrators
def take_back(request: HttpRequest, member: Member, invite_id: UUID) -> HttpResponse:
    found = _invite(member, invite_id)
    if not Role(member.role).may_manage(Role(found.role)):
        messages.error(request, "Only an owner takes back an owner's invite.")
    else:
        found.delete()
        messages.success(
            request, f"The invite of {found.email} is taken back: its link leads nowhere."
        )
    return redirect("workspaces:members")


@require_POST
@for_administrators
def set_role(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    found = _member(member, member_id)
    chosen = request.POST.get("role", "")
    role = Role(chosen) if chosen in Role.values else None
    if role is None:
        messages.error(request, "Choose one of the roles.")
    elif not Role(member.role).may_manage(role, Role(found.role)):
        messages.error(request, "Only an owner says who is an owner.")
    else:
        try:
            change_role(member.workspace, found.user, role)
            messages.success(request, f"{found.user} is now {role} of {member.workspace}.")
        except CannotChange as refusal:
            messages.error(request, str(refusal))
    return redirect("workspaces:members")


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def remove(request: HttpRequest, member: Member, member_id: int) -> HttpResponse:
    found = _member(member, member_id)
    tokens = Token.objects.visible_to(member).live().filter(made_by=found.user).order_by("name")
    refusal = ""
    if not Role(member.role).may_manage(Role(found.role)):
        refusal = "Only an owner removes an owner."
    elif request.method == "POST":
        try:
            remove_member(member.workspace, found.user.email)
        except CannotChange as cannot:
            refusal = str(cannot)
        else:
            for token in tokens if "revoke" in request.POST else ():
                revoke(token)
            messages.success(request, f"{found.user} is no longer in {member.workspace}.")
            return redirect("workspaces:members" if found.id != member.id else "/")
    context = {"found": found, "refusal": refusal, "tokens": tokens}
    status = 409 if refusal and request.method == "POST" else 200
    return render(request, "workspaces/member_removal.html", context, status=status)


def _show(request: HttpRequest, member: Member, form: InviteForm) -> HttpResponse:
    role = Role(member.role)
    people = Member.objects.visible_to(member).select_related("user").order_by("created_at", "id")
    context = {
        "me": member,
        "members": [(one, role.may_manage(Role(one.role))) for one in people],
        "pending": member.workspace.pending_members.select_related("user").order_by("created_at"),
        "invites": [
            (one, role.may_manage(Role(one.invite.role)))
            for one in open_invites(member.workspace, timezone.now())
        ],
        "roles": [(value, Role(value).label) for value, _ in reversed(roles_within(role))],
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/members.html", context, status=status)


def _member(member: Member, member_id: int) -> Member:
    rows = Member.objects.visible_to(member).select_related("user")
    return get_object_or_404(rows, id=member_id)


def _invite(member: Member, invite_id: UUID) -> Invite:
    return get_object_or_404(Invite.objects.visible_to(member), id=invite_id)
