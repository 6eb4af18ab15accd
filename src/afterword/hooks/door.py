"""The address that services post to: `/hooks/{uuid}`. It answers once what came is kept."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from afterword.core.sealed import Unreadable as SecretUnreadable
from afterword.core.text import clean_text
from afterword.events.masking import masked
from afterword.hooks.models import Hook, Outcome
from afterword.hooks.payload import MOST_BYTES, Unreadable, excerpt_of, read_payload
from afterword.hooks.presets import preset_of
from afterword.hooks.receive import Refused, Said, note, receive
from afterword.hooks.signature import is_genuine
from afterword.web.flood import is_above

MOST_A_MINUTE = 600  # calls of one hook, counted in each process
MOST_OF_THE_BODY = 2_000  # characters that are kept of what cannot be read
ID_HEADERS = ("Idempotency-Key", "X-Message-Id")


@csrf_exempt
def hook(request: HttpRequest, hook_id: UUID) -> JsonResponse:
    """Take what a service posts; 200 after the commit, and 4xx with words on how to mend it."""
    if request.method != "POST":
        answer = _answer(405, "Post to this address: JSON, or a form.")
        answer["Allow"] = "POST"
        return answer
    found = Hook.objects.select_related("campaign").filter(id=hook_id).first()
    if found is None:
        return nothing_here(request)
    if is_above(f"hook:{found.id}", MOST_A_MINUTE):
        answer = _answer(429, f"More than {MOST_A_MINUTE} calls came within a minute. Send later.")
        answer["Retry-After"] = "60"
        return answer
    try:
        said = _let_in(request, found)
    except Refused as refusal:
        return _answer(refusal.status, str(refusal))
    return _answer(200, said.message, outcome=said.outcome, messageId=said.message_id or None)


@csrf_exempt
def nothing_here(_request: HttpRequest) -> JsonResponse:
    """Answer as well, and to programs, what is no address of a webhook's by its form."""
    return _answer(404, "No inbound webhook has this address. It may have been deleted.")


def _let_in(request: HttpRequest, found: Hook) -> Said:
    """Raises Refused; what is refused for what it says is noted, so that a person can see it."""
    if not found.is_on:
        raise Refused(403, "This inbound webhook is switched off.")
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise Refused(413, f"The body is larger than {MOST_BYTES:,} bytes: post less.")
    body = request.body
    if len(body) > MOST_BYTES:
        raise Refused(413, f"The body is larger than {MOST_BYTES:,} bytes: post less.")
    now = timezone.now()
    excerpt = masked(clean_text(body.decode(errors="replace")))[:MOST_OF_THE_BODY]
    try:
        _check_signature(request, found, body)
        payload = _payload(request)
        excerpt = excerpt_of(payload)
        return receive(found, payload, _sent_id(request, found), now)
    except Refused as refusal:
        note(found, Said(Outcome.REFUSED, str(refusal)), excerpt, now)
        raise


def _check_signature(request: HttpRequest, found: Hook, body: bytes) -> None:
    if not found.is_signed:
        return
    sent = request.headers.get("X-Signature", "")
    if not sent:
        raise Refused(401, "The header X-Signature is missing: HMAC-SHA256 of the body, in hex.")
    try:
        secret = found.secret
    except SecretUnreadable:
        raise Refused(401, "The secret cannot be read any more: make a new one.") from None
    if not is_genuine(secret, body, sent):
        raise Refused(401, "X-Signature does not fit the body and this webhook's secret.")


def _payload(request: HttpRequest) -> dict[str, object]:
    try:
        return read_payload(request)
    except Unreadable as error:
        raise Refused(400, str(error)) from None


def _sent_id(request: HttpRequest, found: Hook) -> str:
    names = [preset_of(found.service).id_header, *ID_HEADERS]
    return next((sent for name in names if name and (sent := request.headers.get(name))), "")


def _answer(status: int, message: str, **more: object) -> JsonResponse:
    return JsonResponse({"message": message, "code": status, "data": more or None}, status=status)
