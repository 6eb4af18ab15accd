"""The page behind a link that was handed out. Fetching it asks nobody: the form does."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from afterword.campaigns.models import Campaign, Channel
from afterword.core import signed_links
from afterword.core.email_address import normalise
from afterword.core.text import clean_text
from afterword.decisions.terms import Verdict
from afterword.feedback.answering.page import page_address, sealed, show, spoken_in
from afterword.feedback.answering.public import public_methods
from afterword.feedback.language import accepted_languages
from afterword.feedback.links.claim import FIELDS, read_claim
from afterword.feedback.links.kiosk import read_kiosk
from afterword.feedback.links.open import Coming, open_link
from afterword.survey_templates.versions import look_of
from afterword.web.flood import is_flooded

MOST_A_MINUTE = 30  # surveys that one address of the network may open by one link
NO_ADDRESS = "Please write your e-mail address, such as ann@example.com."
TOO_MANY = "Too many surveys were opened from here just now. Please try again in a minute."


@csrf_exempt
@public_methods
def link(request: HttpRequest, token: str) -> HttpResponse:
    campaign = _campaign(token)
    if campaign is None or campaign.template is None:
        return show("not_found.html", None, {}, status=404)
    look = look_of(campaign.template)
    if not campaign.is_active:
        return show("ended.html", look, spoken_in(campaign.template.said.language), status=410)
    is_anonymous = campaign.template.said.anonymous
    said = {name: clean_text(request.GET.get(name, ""))[:200] for name in ("email", *FIELDS)}
    is_signed = not is_anonymous and _is_signed(request, token, said["email"])
    context: dict[str, Any] = {
        "said": said,
        "is_anonymous": is_anonymous,
        "is_signed": is_signed,
        "address": request.get_full_path(),
        "kiosk": read_kiosk(request.GET),
    }
    if request.method != "POST":
        return show("identify.html", look, context)
    if not is_signed:  # what was signed stands in the address alone
        said |= {name: request.POST[name][:254] for name in said if name in request.POST}
    claim = None if is_anonymous else read_claim(said)
    if claim is None and not is_anonymous:
        return show("identify.html", look, {**context, "problem": NO_ADDRESS}, status=400)
    if is_flooded(request, f"link:{token}", MOST_A_MINUTE):
        return show("identify.html", look, {**context, "problem": TOO_MANY}, status=429)
    languages = tuple(accepted_languages(request.headers.get("Accept-Language", "")))
    coming = Coming(claim, is_signed, context["kiosk"], languages)
    opened = open_link(campaign, coming, timezone.now())
    if isinstance(opened, Verdict):
        back = {"kiosk": context["kiosk"], "kiosk_address": context["address"]}
        return show("asked_lately.html", look, back)
    return sealed(HttpResponseRedirect(page_address(opened), status=303))


def _campaign(token: str) -> Campaign | None:
    rows = Campaign.objects.filter(channel=Channel.LINK, link_token=clean_text(token))
    logos = ("template__logo", "template__workspace__brand__logo")
    rows = rows.select_related(*logos, "workspace").defer(*(f"{logo}__content" for logo in logos))
    return rows.first()


def _is_signed(request: HttpRequest, token: str, email: str) -> bool:
    address = normalise(email)
    given = request.GET.get(signed_links.FIELD, "")
    return bool(address and given and signed_links.is_signed(token, address, given))
