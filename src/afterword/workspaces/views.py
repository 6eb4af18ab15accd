"""The pages of a workspace's settings, and the choice among several workspaces."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from afterword.workspaces.access import SESSION_KEY, for_administrators
from afterword.workspaces.forms import TokenForm, WorkspaceForm
from afterword.workspaces.models import Member, Scope, Token
from afterword.workspaces.tokens import NameTaken, make_token, revoke


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's workspaces from now on."""
    assert request.user.is_authenticated  # as login_required sees to
    chosen = next(
        (
            member
            for member in Member.objects.filter(user_id=request.user.pk)
            if str(member.workspace_id) == request.POST.get("workspace")
        ),
        None,
    )
    if chosen:
        request.session[SESSION_KEY] = str(chosen.workspace_id)
    else:
        messages.error(request, "You are not a member of that workspace.")
    return redirect("/")


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def edit_workspace(request: HttpRequest, member: Member) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=member.workspace)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The workspace is saved.")
        return redirect("workspaces:workspace")
    return render(
        request,
        "workspaces/workspace.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def tokens(request: HttpRequest, member: Member) -> HttpResponse:
    """List the live tokens; a new one is shown with its secret in the answer to its making."""
    form = TokenForm(request.POST or None)
    made = _make(form, member) if request.method == "POST" and form.is_valid() else None
    context = {
        "form": TokenForm() if made else form,
        "made": made,
        "tokens": Token.objects.visible_to(member).live().order_by("-created_at"),
    }
    return render(
        request,
        "workspaces/tokens.html",
        context,
        status=422 if form.is_bound and not made else 200,
    )


def _make(form: TokenForm, member: Member) -> tuple[Token, str] | None:
    try:
        return make_token(
            member.workspace,
            form.cleaned_data["name"],
            Scope(form.cleaned_data["scope"]),
            member.user,
        )
    except NameTaken as refusal:
        form.add_error("name", str(refusal))
        return None


@require_POST
@for_administrators
def revoke_token(request: HttpRequest, member: Member, token_id: UUID) -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(member).live(), id=token_id)
    revoke(token)
    messages.success(
        request, f"The token {token.name} is revoked: within a second it is refused everywhere."
    )
    return redirect("workspaces:tokens")
