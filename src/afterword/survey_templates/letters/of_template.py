"""A template as the letter that it makes: compiled once, and a sample to look at."""

from functools import lru_cache

from afterword.core.links import logo_link
from afterword.mail.message.rendered import Rendered
from afterword.survey_templates.letters.compose import CompiledMail, Design, Links, compile_mail
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Template


def sample(template: Template) -> Rendered:
    """Render a template for nobody in particular, to look at it before it is used."""
    person: dict[str, object] = {
        "email": "ann@example.com",
        "campaign_name": "",
        "first_name": "Ann",
        "last_name": "Example",
        "company_name": "Example Inc.",
    }
    return compiled(template, template.workspace.name).render(person, Links("#", "#"))


def compiled(template: Template, company: str) -> CompiledMail:
    return _compiled(design_of(template, company))


@lru_cache(maxsize=256)
def _compiled(design: Design) -> CompiledMail:
    return compile_mail(design)


def design_of(template: Template, company: str) -> Design:
    return Design(
        metric=Metric(template.metric),
        subject=template.subject,
        question=template.question,
        intro=template.intro,
        logo_url=logo_link(template.logo_id) if template.logo_id else template.logo_url,
        colour=template.colour,
        company=company,
    )
