"""The settings page on where survey mails come from."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from afterword.mail.models import SenderDomain
from afterword.mail.senders import domains, keys
from afterword.mail.senders.domains import DomainRefused, server_of
from afterword.mail.senders.find import default_address, senders_now
from afterword.mail.senders.forms import AddressForm, DomainForm
from afterword.mail.senders.page import shown
from afterword.mail.senders.records import Status
from afterword.mail.servers.address import ProviderAccount, SmtpServer
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member

PAGE = "mail/sender_domains.html"


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def sender_domains(request: HttpRequest, member: Member) -> HttpResponse:
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain = domains.add(member.workspace, form.cleaned_data["name"])
        except DomainRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{domain.name} is added. Publish its records, then check.")
            return redirect(_address_of(domain))
    return _page(request, member, form=form)


@require_POST
@for_administrators
def check(request: HttpRequest, member: Member, domain_id: UUID) -> HttpResponse:
    domain = get_object_or_404(SenderDomain.objects.visible_to(member), id=domain_id)
    was_verified, selector = domain.verified_at is not None, domain.selector
    domains.check(domain, timezone.now())
    dkim = domain.findings["dkim"]
    if dkim.get("away") or dkim["status"] == Status.AWAY:
        messages.warning(
            request, f"DNS could not be asked about {domain.name} just now. Check again later."
        )
    elif domain.selector != selector:
        messages.success(request, f"{domain.name} has its new key: mail is signed with it now.")
    elif domain.verified_at:
        messages.success(request, f"{domain.name} is verified: its mail is signed.")
    elif was_verified:
        messages.warning(request, f"{domain.name} is verified no more: its key is not in DNS.")
    else:
        messages.warning(request, f"{domain.name} is not verified yet: its key is not in DNS.")
    return redirect(_address_of(domain))


@require_POST
@for_administrators
def ask_for_new_key(request: HttpRequest, member: Member, domain_id: UUID) -> HttpResponse:
    domain = get_object_or_404(SenderDomain.objects.visible_to(member), id=domain_id)
    if keys.ask_for_new_key(domain):
        messages.success(
            request,
            f"{domain.name} has a next key. Publish its record beside the present one, then check.",
        )
    else:
        messages.warning(request, f"{domain.name} has a next key already: publish its record.")
    return redirect(_address_of(domain))


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def remove(request: HttpRequest, member: Member, domain_id: UUID) -> HttpResponse:
    domain = get_object_or_404(SenderDomain.objects.visible_to(member), id=domain_id)
    if request.method == "POST":
        domains.remove(domain)
        messages.success(request, f"{domain.name} is removed, and its key with it.")
        return redirect("senders:domains")
    is_used = member.workspace.sender_address.endswith(f"@{domain.name}")
    context = {"domain": domain, "is_used": is_used, "default": default_address()}
    return render(request, "mail/sender_domain_removal.html", context)


@require_POST
@for_administrators
def choose_address(request: HttpRequest, member: Member) -> HttpResponse:
    verified = SenderDomain.objects.visible_to(member).filter(verified_at__isnull=False)
    form = AddressForm(member.workspace, verified.order_by("name"), request.POST)
    if not form.is_valid():
        return _page(request, member, address_form=form)
    domains.choose_address(member.workspace, form.cleaned_data["address"])
    chosen = form.cleaned_data["address"] or f"{default_address()}, the default address"
    messages.success(request, f"Survey mails come from {chosen}.")
    return redirect("senders:domains")


def _page(
    request: HttpRequest,
    member: Member,
    form: DomainForm | None = None,
    address_form: AddressForm | None = None,
) -> HttpResponse:
    workspace, now = member.workspace, timezone.now()
    rows = list(SenderDomain.objects.visible_to(member).order_by("name"))
    verified = [domain for domain in rows if domain.verified_at]
    server = server_of(workspace.id)
    [(_, sender)] = senders_now([workspace])
    context = {
        "form": form or DomainForm(),
        "address_form": address_form or (AddressForm(workspace, verified) if verified else None),
        "shown": [shown(domain, server, now) for domain in rows],
        "sender": sender,
        "workspace": workspace,
        "is_unsigned": isinstance(server, SmtpServer) and not sender.signer,
        "is_fallback": workspace.sender_address and sender.address != workspace.sender_address,
        "chosen": workspace.sender_address,
        "default": default_address(),
        "signs_itself": isinstance(server, ProviderAccount),
        "bounce_address": getattr(settings.CONFIGURATION, "bounce_address", None),
    }
    is_wrong = any(one is not None and one.is_bound for one in (form, address_form))
    return render(request, PAGE, context, status=422 if is_wrong else 200)


def _address_of(domain: SenderDomain) -> str:
    return f"{reverse('senders:domains')}#domain-{domain.id}"
