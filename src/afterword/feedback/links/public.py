"""The page behind a link that was handed out. Fetching it asks nobody: the form does."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt

from afterword.campaigns.models import Campaign, Channel
from afterword.core import signed_links
from afterword.core.email_address import normalise
from afterword.core.text import clean_text
from afterword.decisions.terms import Verdict
from afterword.feedback.answering.page import not_found, page_address, sealed, show, spoken_in
from afterword.feedback.answering.public import public_methods
from afterword.feedback.language import accepted_languages
from afterword.feedback.links.claim import FIELDS, read_claim
from afterword.feedback.links.kiosk import read_kiosk
from afterword.feedback.links.open import Coming, language_of_link, open_link
from afterword.survey_templates.versions import look_of
from afterword.survey_templates.wording.words import words_for
from afterword.web.flood import is_flooded

MOST_A_MINUTE = 30  # surveys that one address of the network may open by one link


@csrf_exempt
@public_methods
def link(request: HttpRequest, token: str) -> HttpResponse:
    campaign = _campaign(token)
    if campaign is None or campaign.template is None:
        return not_found(request)
    look, is_anonymous = look_of(campaign.template), campaign.template.said.anonymous
    said = {name: clean_text(request.GET.get(name, ""))[:200] for name in ("email", *FIELDS)}
    is_signed = not is_anonymous and _is_signed(request, token, said["email"])
    if not is_signed:  # what was signed stands in the address alone
        said |= {name: request.POST[name][:254] for name in said if name in request.POST}
    claim = None if is_anonymous else read_claim(said)
    languages = tuple(accepted_languages(request.headers.get("Accept-Language", "")))
    coming = Coming(claim, is_signed, read_kiosk(request.GET), languages)
    language = language_of_link(campaign, campaign.template.said, coming)
    context = spoken_in(language)
    if not campaign.is_active:
        return show("link_ended.html", look, context, status=410)
    words = words_for(language)
    asking = context | {
        "said": said,
        "hello": _around(words.hello, name=said["first_name"]),
        "you_answer_as": _around(words.you_answer_as, email=said["email"]),
        "is_anonymous": is_anonymous,
        "is_signed": is_signed,
        "address": request.get_full_path(),
    }
    if request.method != "POST":
        return show("identify.html", look, asking)
    if claim is None and not is_anonymous:
        return show("identify.html", look, asking | {"problem": words.no_address}, status=400)
    if is_flooded(request, f"link:{token}", MOST_A_MINUTE):
        return show("identify.html", look, asking | {"problem": words.too_many}, status=429)
    opened = open_link(campaign, coming, timezone.now())
    if isinstance(opened, Verdict):
        back = {"kiosk": coming.kiosk, "kiosk_address": request.get_full_path()}
        return show("asked_lately.html", look, context | back)
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


def _around(words: str, **said: str) -> SafeString:
    """What somebody said stands in Afterword's words as what it is, in its own direction."""
    return format_html(words, **{name: format_html("<bdi>{}</bdi>", said[name]) for name in said})
