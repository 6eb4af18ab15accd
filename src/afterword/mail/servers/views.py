"""The page of a workspace's mail server: what sends its mail, and a server of its own."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from afterword.mail.models import MailServer as StoredServer
from afterword.mail.servers.find import Broken, default_server, server_of, set_own
from afterword.mail.servers.forms import MailServerForm
from afterword.mail.servers.trial import try_out
from afterword.mail.ways.way import NotSent
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def server(request: HttpRequest, member: Member) -> HttpResponse:
    form = MailServerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _works(request, form):
        set_own(member.workspace, form.cleaned_data["url"])
        messages.success(request, f"Mail is sent by {form.server.name} from now on.")
        return redirect("mail:server")
    return render(
        request,
        "mail/server.html",
        {"form": form, **_now(member)},
        status=422 if form.is_bound else 200,
    )


def _works(request: HttpRequest, form: MailServerForm) -> bool:
    """Try the server before it is used, unless told not to."""
    if "untried" in request.POST:
        return True
    try:
        messages.info(request, try_out(form.server))
    except NotSent as problem:
        form.refuse(problem.reply)
        return False
    return True


def _now(member: Member) -> dict[str, object]:
    stored = StoredServer.objects.visible_to(member).first()
    found = server_of(member.workspace_id)
    return {
        "stored": stored,
        "server": None if isinstance(found, Broken) else found,
        "problem": found.words if isinstance(found, Broken) else "",
        "default": default_server(),
        "url": settings.CONFIGURATION.url,
        "is_url_insecure": settings.CONFIGURATION.url.startswith("http:"),
    }


@require_POST
@for_administrators
def trial(request: HttpRequest, member: Member) -> HttpResponse:
    """Try what sends the workspace's mail now."""
    found = server_of(member.workspace_id)
    if isinstance(found, Broken):
        messages.error(request, found.words)
    elif found is None:
        messages.info(request, "Mail is kept in the local mailbox: there is nothing to try.")
    else:
        try:
            messages.success(request, try_out(found))
        except NotSent as problem:
            messages.error(request, f"{found.name} does not work: {problem.reply}")
    return redirect("mail:server")


@require_POST
@for_administrators
def removal(request: HttpRequest, member: Member) -> HttpResponse:
    get_object_or_404(StoredServer.objects.visible_to(member)).delete()
    messages.success(request, "The workspace's own mail server is forgotten.")
    return redirect("mail:server")
