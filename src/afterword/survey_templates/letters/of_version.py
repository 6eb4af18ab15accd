"""A version of a template as the letter that it makes, compiled once."""

from dataclasses import replace
from functools import lru_cache

from afterword.core.links import logo_link
from afterword.survey_templates.document import Document, spoken
from afterword.survey_templates.letters.compose import CompiledMail, Design, compile_mail
from afterword.survey_templates.look import Look
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import TemplateVersion

# Nobody in particular, to look at a mail before it is used.
SOMEBODY: dict[str, object] = {
    "email": "ann@example.com",
    "campaign_name": "",
    "first_name": "Ann",
    "last_name": "Example",
    "company_name": "Example Inc.",
}


@lru_cache(maxsize=256)
def compiled(
    version: TemplateVersion, metric: Metric, language: str, *, takes_replies: bool = False
) -> CompiledMail:
    """Do what is the same for everyone; a version is told by its key, and never changes.

    Without a mailbox that takes replies, none is invited.
    """
    design = design_of(spoken(version.said, language), version.looks, metric)
    return compile_mail(design if takes_replies else replace(design, invites_reply=False))


def design_of(said: Document, look: Look, metric: Metric) -> Design:
    return Design(
        metric=metric,
        subject=said.subject,
        question=said.question,
        company=look.company,
        intro=said.intro,
        preheader=said.preheader,
        footer=said.footer or look.footer,
        lowest_label=said.lowest_label,
        highest_label=said.highest_label,
        logo_width=look.logo_width,
        logo_height=look.logo_height,
        logo_url=logo_link(look.logo) if look.logo else look.logo_url,
        colour=look.colour,
        language=said.language,
        invites_reply=said.reply,
        scores=said.scores,
        sender_name=look.sender_name,
    )
