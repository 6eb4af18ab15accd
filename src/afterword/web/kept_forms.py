"""Keeps what was typed into a form that could not be taken, until its person has signed in.

Only for whoever was signed in with this browser before: strangers cannot fill the table, and who
signs in next on the same machine does not see what the one before had typed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone

from afterword.core.sealed import Unreadable, seal, unseal
from afterword.web.models import KeptForm

AGE = timedelta(hours=1)
MOST_BYTES = 256 * 1024
MOST_EACH = 20
# The field by which a form that is sent again names what was kept.
FIELD = "kept"
COOKIE = "signed_in_as"
COOKIE_AGE = timedelta(days=30)
_OURS = {"csrfmiddlewaretoken", FIELD, "seen", "then"}
_SECRETS = re.compile(r"password|secret", re.IGNORECASE)
_SIGN_IN_OF_ADDRESS = re.compile(r"(?<=://)[^\s/@]+(?=@)")


@dataclass(frozen=True, slots=True)
class Typed:
    """A kept form as it may be shown."""

    id: UUID
    path: str
    fields: list[tuple[str, str]]  # what people typed or chose, by a readable name
    files: list[str]  # which cannot be kept


def remember(request: HttpRequest, response: HttpResponseBase, owner_id: UUID) -> None:
    """Let the browser tell who was signed in, once the session has ended."""
    if remembered(request) != owner_id:
        response.set_signed_cookie(
            COOKIE,
            str(owner_id),
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def remembered(request: HttpRequest) -> UUID | None:
    said = request.get_signed_cookie(COOKIE, default=None, max_age=COOKIE_AGE)
    return UUID(said) if said else None


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Lead to signing in and back; what was typed waits there to be saved."""
    owner_id = remembered(request)
    kept = keep(request, owner_id) if request.method == "POST" and owner_id else None
    answer = redirect_to_login(
        reverse("unsaved", args=[kept.id]) if kept else request.get_full_path()
    )
    if "HX-Request" in request.headers:  # a part of a page asked: the whole page must go
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer


@transaction.atomic
def keep(request: HttpRequest, owner_id: UUID) -> KeptForm | None:
    """Keep the fields of a POST, without passwords and files; None if there is nothing to keep."""
    fields = request.POST.copy()
    for name in [*fields]:
        if name == "csrfmiddlewaretoken" or _SECRETS.search(name):
            del fields[name]
    text = json.dumps({"fields": fields.urlencode(), "files": list(_file_names(request))})
    if not (fields or request.FILES) or len(text) > MOST_BYTES or FIELD in fields:
        return None
    newest = KeptForm.objects.filter(owner_id=owner_id).order_by("-kept_at", "-id")
    spare = list(newest.values_list("id", flat=True)[MOST_EACH - 1 :])
    KeptForm.objects.filter(id__in=spare).delete()
    return KeptForm.objects.create(
        owner_id=owner_id, path=request.get_full_path(), sealed_fields=seal(text)
    )


def typed(owner_id: UUID, kept_id: UUID) -> Typed | None:
    """Return what is kept for its owner as it may be shown; None once it is gone."""
    kept = _find(owner_id, kept_id)
    said = _read(kept) if kept else None
    if kept is None or said is None:
        return None
    fields = [
        (name.replace("_", " ").capitalize(), _SIGN_IN_OF_ADDRESS.sub("…", value))
        for name, values in QueryDict(said["fields"]).lists()
        for value in map(str, values)
        if name not in _OURS and value.strip()
    ]
    return Typed(kept.id, kept.path, fields, said["files"])


def restore(request: HttpRequest, owner_id: UUID) -> KeptForm | None:
    """Put what was kept into the request that names it; None if it is kept no more."""
    try:
        kept = _find(owner_id, UUID(request.POST[FIELD]))
    except ValueError:
        return None
    said = _read(kept) if kept and kept.path == request.get_full_path() else None
    if said is None:
        return None
    request.POST = QueryDict(said["fields"])
    return kept


def forget_old(now: datetime) -> None:
    KeptForm.objects.filter(kept_at__lt=now - AGE).delete()


def _find(owner_id: UUID, kept_id: UUID) -> KeptForm | None:
    young = KeptForm.objects.filter(owner_id=owner_id, kept_at__gte=timezone.now() - AGE)
    return young.filter(id=kept_id).first()


def _read(kept: KeptForm) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = json.loads(unseal(kept.sealed_fields))
    except Unreadable:  # the secret key is another one now
        return None
    return said


def _file_names(request: HttpRequest) -> Iterator[str]:
    for _, files in request.FILES.lists():
        for file in files:
            yield getattr(file, "name", None) or ""
