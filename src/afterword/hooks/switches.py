"""What is done to an inbound webhook at once: its secret, on and off, its end."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from afterword.core.sealed import seal
from afterword.hooks.forms import HookForm
from afterword.hooks.models import Hook
from afterword.hooks.signature import new_secret
from afterword.hooks.views import show
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member


@never_cache
@require_POST
@for_changers
@transaction.atomic
def secret(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    """Make a secret, in place of the old one; it is shown this once."""
    found = _locked(member, hook_id)
    made = new_secret()
    found.sealed_secret = seal(made)
    found.save(update_fields=["sealed_secret", "updated_at"])
    return show(request, member, found, HookForm(found), made)


@require_POST
@for_changers
@transaction.atomic
def secret_removal(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    found = _locked(member, hook_id)
    found.sealed_secret = ""
    found.save(update_fields=["sealed_secret", "updated_at"])
    messages.success(request, "Calls need no signature any more.")
    return redirect("hooks:hook", hook_id)


@require_POST
@for_changers
@transaction.atomic
def switch(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    found = _locked(member, hook_id)
    is_on = request.POST.get("enabled") == "1"
    found.switched_off_at = None if is_on else found.switched_off_at or timezone.now()
    found.save(update_fields=["switched_off_at", "updated_at"])
    messages.success(request, f"{found} is {'on' if is_on else 'off: calls are refused'}.")
    return redirect("hooks:hook", hook_id)


@require_POST
@for_changers
@transaction.atomic
def removal(request: HttpRequest, member: Member, hook_id: UUID) -> HttpResponse:
    found = _locked(member, hook_id)
    found.delete()
    messages.success(request, f"{found} is deleted: its address is known no more.")
    return redirect("hooks:list")


def _locked(member: Member, hook_id: UUID) -> Hook:
    rows = Hook.objects.visible_to(member).select_for_update(no_key=True)
    return get_object_or_404(rows, id=hook_id)
