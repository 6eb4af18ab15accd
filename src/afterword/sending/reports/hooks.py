"""Where mail providers post what became of our mails: `/hooks/mail/{workspace or default}`.

Nothing is believed without the account's secret: a post without a right signature changes nothing.
"""

import logging
import warnings
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailCoreWebhookView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afterword.core.ids import parsed_id
from afterword.mail.servers.address import ProviderAccount
from afterword.mail.servers.find import default_server, server_of
from afterword.mail.ways.providers import PROVIDERS, webhook_options
from afterword.sending import outcomes
from afterword.sending.reports import svix
from afterword.sending.reports.provider_events import reports_of
from afterword.web.flood import is_above

DEFAULT = "default"  # in place of a workspace's id: the account of AFTERWORD_MAIL_URL
MOST_BYTES = 1024 * 1024
MOST_EVENTS = 10_000
AT_ONCE = 500  # reports noted in one transaction

log = logging.getLogger(__name__)

# What anymail's views raise on a post that is not as the provider makes them.
_MALFORMED = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


class Hook(NamedTuple):
    """A provider's account that can prove its posts."""

    provider: str
    workspace_id: UUID | None
    view: AnymailCoreWebhookView
    # Resend's, which anymail leaves to a package that we do not have.
    svix_secret: str


class NotReady(Exception):
    """The account has nothing to verify a post with; the text says what to set."""


@csrf_exempt
@require_http_methods(["POST", "GET", "HEAD"])
def hook(request: HttpRequest, account: str) -> HttpResponse:
    """Note what a provider reports. A GET is a provider's question whether the address exists."""
    try:
        found = _hook(account, request.path)
    except NotReady as reason:
        # Anybody may post there, and as often: a line a minute says it as well.
        if not is_above(f"reports-not-ready:{account}", 1):
            log.warning("a report by a mail provider was turned away: %s", reason)
        raise Http404 from reason
    if request.method != "POST":
        return HttpResponse()
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return HttpResponse(status=413)
    if len(request.body) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        if not _is_genuine(found, request):
            return HttpResponse(status=403)
        return _take_in(found, request, timezone.now())
    except RecursionError:  # anymail reads JSON, and JSON in it, however deep
        log.warning("%s: a report is nested too deeply", found.provider)
        return HttpResponse(status=400)


def _take_in(found: Hook, request: HttpRequest, now: datetime) -> HttpResponse:
    try:
        events = found.view.parse_events(request)
    except (AnymailConfigurationError, *_MALFORMED) as error:
        log.warning("%s: a report cannot be read: %s", found.provider, type(error).__name__)
        return HttpResponse(status=400)
    if len(events) > MOST_EVENTS:
        return HttpResponse(status=413)
    tracked: Sequence[AnymailTrackingEvent] = [
        event for event in events if isinstance(event, AnymailTrackingEvent)
    ]
    reports = reports_of(found.provider, tracked, found.workspace_id, now)
    for start in range(0, len(reports), AT_ONCE):
        outcomes.note(reports[start : start + AT_ONCE], now)
    return HttpResponse()


def _is_genuine(found: Hook, request: HttpRequest) -> bool:
    try:
        found.view.run_validators(request)
        return not found.svix_secret or svix.is_genuine(
            found.svix_secret, request.headers, request.body, timezone.now().timestamp()
        )
    except (AnymailWebhookValidationFailure, *_MALFORMED):
        return False


def _hook(name: str, path: str) -> Hook:
    """Raise Http404 where there is no such account, NotReady where it cannot prove its posts."""
    workspace_id = parsed_id(name)
    if name != DEFAULT and not workspace_id:
        raise Http404
    server = server_of(workspace_id) if workspace_id else default_server()
    # A workspace that sends by the installation's account has no address of its own.
    if not isinstance(server, ProviderAccount) or (workspace_id and not server.guarded):
        raise Http404
    options: dict[str, Any] = dict(webhook_options(server))
    tracking = PROVIDERS[server.provider].tracking
    where = (
        f"the address of workspace {name}'s mail server" if workspace_id else "AFTERWORD_MAIL_URL"
    )
    if tracking is None or not options:
        raise NotReady(_what_to_set(server.provider, where))
    svix_secret = options.pop("signing_secret", "") if server.provider == "resend" else ""
    if server.provider == "mandrill":  # which signs the address that it posts to, too
        options["webhook_url"] = f"{settings.BASE_URL}{path}"
    try:
        view = _make(tracking, options)
    except (AnymailConfigurationError, ValueError) as error:
        raise NotReady(_what_to_set(server.provider, where)) from error
    return Hook(server.provider, workspace_id, view, svix_secret)


def _make(path: str, options: dict[str, Any]) -> AnymailCoreWebhookView:
    """Its warnings are for those who leave posts unverified, which is refused here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        view: AnymailCoreWebhookView = import_string(path)(**options)
    return view


def _what_to_set(provider: str, where: str) -> str:
    known = PROVIDERS[provider]
    if known.tracking is None:
        return f"{known.title} has no reports that Afterword can read"
    signed = "webhook_signing_key=KEY" if known.signing_key else ""
    basic = "webhook_secret=USER:PASSWORD"
    return f"add {signed or basic} to {where} to prove that they come from {known.title}"
