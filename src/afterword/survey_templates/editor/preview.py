"""What customers get of a template, as it is saved or as it is being typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from afterword.core.ids import parsed_id
from afterword.customers.models import Customer
from afterword.survey_templates.document import Document, spoken
from afterword.survey_templates.editor.form import SurveyTemplateForm
from afterword.survey_templates.gallery import fresh_template
from afterword.survey_templates.letters.compose import Links, compile_mail
from afterword.survey_templates.letters.design import DesignRefused
from afterword.survey_templates.letters.of_customer import person_of
from afterword.survey_templates.letters.of_version import SOMEBODY, design_of
from afterword.survey_templates.look import Look
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Template
from afterword.survey_templates.versions import look_of
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member

# It is a picture of a mail: nothing in it runs or leads anywhere.
POLICY = (
    "sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)
_TYPED = ("colour", "sender_name", "logo_url")
MAIL, TEXT, PAGE, THANKS = "mail", "text", "page", "thanks"
_DARK, _ALWAYS = "@media (prefers-color-scheme:dark)", "@media all"
_LOOK_DARK = ("@media (prefers-color-scheme: dark)", _DARK)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a preview shows: a document in its language, for a score if there is one."""

    document: Document
    look: Look
    metric: Metric
    score: int | None
    has_answered: bool = False


# Draws a survey's page as HTML: the stage that has the page registers how.
_draw_page: list[Callable[[Shown], str]] = []


def draw_pages_by(draw: Callable[[Shown], str]) -> None:
    _draw_page[:] = [draw]


@require_http_methods(["GET", "HEAD", "POST"])
@xframe_options_sameorigin
@for_members
def preview(request: HttpRequest, member: Member, template_id: UUID) -> HttpResponse:
    rows = Template.objects.visible_to(member).with_brand()
    return _preview(request, member, get_object_or_404(rows, id=template_id))


@require_http_methods(["POST"])
@xframe_options_sameorigin
@for_members
def preview_new(request: HttpRequest, member: Member, metric: str) -> HttpResponse:
    """The same for a template that is not saved yet."""
    if metric not in set(Metric):
        raise Http404
    return _preview(request, member, fresh_template(member.workspace, Metric(metric)))


def _preview(request: HttpRequest, member: Member, template: Template) -> HttpResponse:
    wanted = request.POST if request.method == "POST" else request.GET
    try:
        drawn = _drawn(_shown(request, template, wanted), member, wanted)
    except (DesignRefused, msgspec.ValidationError) as refusal:
        drawn = f"<p style='font-family:sans-serif;padding:1rem'>{escape(refusal)}</p>"
    for media in _LOOK_DARK if wanted.get("dark") else ():
        drawn = drawn.replace(media, _ALWAYS)
    response = HttpResponse(drawn)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _shown(request: HttpRequest, template: Template, wanted: QueryDict) -> Shown:
    document, look = template.said, look_of(template)
    if request.method == "POST":
        form = SurveyTemplateForm(template, request.POST)
        document, typed = form.typed_document, {name: request.POST.get(name) for name in _TYPED}
        look = msgspec.structs.replace(look, **{k: v for k, v in typed.items() if v})
        if typed["logo_url"]:
            look = msgspec.structs.replace(look, logo="", logo_width=0, logo_height=0)
    document = spoken(document, wanted.get("speak", ""))
    scores = {str(score): score for score in template.scale.scores}
    score = scores.get(wanted.get("score", ""))
    return Shown(document, look, Metric(template.metric), score, wanted.get("show") == THANKS)


def _drawn(shown: Shown, member: Member, wanted: QueryDict) -> str:
    if wanted.get("show") in {PAGE, THANKS}:
        return _draw_page[0](shown)
    compiled = compile_mail(design_of(shown.document, shown.look, shown.metric))
    mail = compiled.render(_person(member, wanted), Links("#", "#"))
    if wanted.get("show") == TEXT:
        return f"<pre style='white-space:pre-wrap;padding:1rem'>{escape(mail.text)}</pre>"
    return mail.html


def _person(member: Member, wanted: QueryDict) -> Mapping[str, object]:
    """Somebody, nobody in particular, or a real customer."""
    who = wanted.get("who", "")
    if who == "nobody":
        return {"email": SOMEBODY["email"]}
    id_ = parsed_id(who)
    customer = Customer.objects.visible_to(member).filter(id=id_).first() if id_ else None
    return person_of(customer, customer.address, "") if customer else SOMEBODY
