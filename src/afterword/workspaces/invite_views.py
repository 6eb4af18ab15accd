"""What the link of an invite leads to. It needs no sign-in, and does nothing on GET."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from afterword.workspaces.access import SESSION_KEY
from afterword.workspaces.invites import accept, accept_anew, has_account, invite_of
from afterword.workspaces.member_forms import NewAccountForm
from afterword.workspaces.models import Invite


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_invite(request: HttpRequest, token: str) -> HttpResponse:
    invite = invite_of(token, timezone.now())
    if invite is None:
        return _show(request, "over", status=404)
    user = request.user if request.user.is_authenticated else None
    if user is None and has_account(invite.email):
        return _show(request, "sign_in", invite)
    if user is None:
        return _with_new_account(request, invite)
    if user.email != invite.email:
        return _show(request, "another", invite, status=403 if request.method == "POST" else 200)
    if request.method == "POST":
        return _let_in(request, invite, accept(invite, user, timezone.now()) is not None)
    return _show(request, "join", invite)


def _with_new_account(request: HttpRequest, invite: Invite) -> HttpResponse:
    form = NewAccountForm(invite, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, "account", invite, form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    user = accept_anew(invite, said["password"], said["name"], timezone.now())
    if user is not None:
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return _let_in(request, invite, user is not None)


def _let_in(request: HttpRequest, invite: Invite, is_in: bool) -> HttpResponse:
    if not is_in:
        return _show(request, "over", status=409)
    request.session[SESSION_KEY] = str(invite.workspace_id)
    messages.success(request, f"Welcome to {invite.workspace}.")
    return redirect("/")


def _show(
    request: HttpRequest,
    state: str,
    invite: Invite | None = None,
    form: NewAccountForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"state": state, "invite": invite, "form": form}
    return render(request, "workspaces/invite.html", context, status=status)
