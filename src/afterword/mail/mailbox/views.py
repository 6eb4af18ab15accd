"""The local mailbox: where mail can be seen while no mail server is set.

It exists only while mail is `mailbox:`. Like other tools for development it asks for no sign-in,
but only where nobody else can reach it: Afterword listens on a loopback address, is known by
one, and is called by one (so that no other page's host name leads here). Anywhere else a
member signs in, and sees the mail of the own workspace.
"""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from afterword.configuration import configuration
from afterword.core.ids import parsed_id
from afterword.core.keyset import newest_first
from afterword.mail.mailbox.kept import Kept, read
from afterword.mail.models import MailboxMessage
from afterword.workspaces.access import current_member, for_members
from afterword.workspaces.models import Member

LISTED, LISTED_AT_MOST = 500, 5_000  # as JSON
PARTS = ("html", "text", "headers")
# A mail is somebody else's page: no script, no form, and its links open beside us, unbound.
_SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; "
    "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *; "
    "frame-ancestors 'self'"
)

P = ParamSpec("P")
Mail = QuerySet[MailboxMessage]


def for_readers(
    view: Callable[Concatenate[HttpRequest, Mail, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let in whoever may read the mailbox, and give them the mail that they may see."""

    @for_members
    def of_member(
        request: HttpRequest, member: Member, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        own = MailboxMessage.objects.filter(workspace_id=member.workspace_id)
        return view(request, own, *args, **kwargs)

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if configuration().mail is not None:
            raise Http404
        if is_local(request):
            member = current_member(request)  # who need not be anybody, and has a zone if they are
            with timezone.override(member.workspace.time_zone if member else None):
                return view(request, MailboxMessage.objects.all(), *args, **kwargs)
        return of_member(request, *args, **kwargs)

    return guarded


@require_safe
@never_cache
@for_readers
def mailbox(request: HttpRequest, mail: Mail) -> HttpResponse:
    cursor, wanted = request.GET.get("after", ""), _recipient(request)
    mail = _to(mail, wanted)
    page = newest_first(mail, "sent_at", cursor)
    part = request.GET.get("part", "")
    return render(
        request,
        "mail/mailbox.html",
        {
            "messages_kept": page.rows,
            "after": page.after,
            "cursor": cursor,
            "wanted": wanted,
            "opened": _opened(request, mail, page.rows[0] if page.rows else None),
            "part": part if part in PARTS else PARTS[0],
        },
    )


@require_safe
@never_cache
@for_readers
def mailbox_json(request: HttpRequest, mail: Mail) -> HttpResponse:
    """The newest messages, `?limit=` of them; `?to=` is how their recipients' addresses begin."""
    limit = request.GET.get("limit", "")
    count = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 6 else LISTED
    found = _to(mail, _recipient(request))
    newest = found.order_by("-sent_at", "-id")[: min(count, LISTED_AT_MOST)]
    return JsonResponse([_as_json(read(message)) for message in newest], safe=False)


def _recipient(request: HttpRequest) -> str:
    return request.GET.get("to", "").strip()[:254]


def _to(mail: Mail, wanted: str) -> Mail:
    """Return those to an address that begins so; all if there is none to ask for."""
    if not wanted or "\x00" in wanted:
        return mail
    return mail.filter(recipient__istartswith=wanted)


@require_safe
@never_cache
@xframe_options_sameorigin
@for_readers
def html(request: HttpRequest, mail: Mail, message_id: UUID) -> HttpResponse:
    """The HTML of a message, for a frame; its links open in a page of their own."""
    kept = read(get_object_or_404(mail, id=message_id))
    base = '<base target="_blank">'
    head, found, rest = kept.html.partition("<head>")
    shown = f"{head}{found}{base}{rest}" if found else f"{base}{kept.html}"
    response = HttpResponse(shown)
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def is_local(request: HttpRequest) -> bool:
    """Whether this machine alone can have asked."""
    settings = configuration()
    called = urlsplit(f"//{request.get_host()}").hostname
    return all(map(_is_loopback, (settings.bind.host, urlsplit(settings.url).hostname, called)))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _opened(request: HttpRequest, mail: Mail, newest: MailboxMessage | None) -> Kept | None:
    """Return the message that was asked for; the newest if none was."""
    if not (asked := request.GET.get("message")):
        return read(newest) if newest else None
    return read(get_object_or_404(mail, id=parsed_id(asked)))


def _as_json(kept: Kept) -> dict[str, object]:
    return {
        "to": kept.to,
        "subject": kept.subject,
        "headers": kept.headers,
        "text": kept.text,
        "html": kept.html,
        "sentAt": kept.sent_at.isoformat(),
    }
