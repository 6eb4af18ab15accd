"""Make a letter of a survey: the template compiled once, the person's values filled in."""

from datetime import datetime
from functools import lru_cache

from afterword.core.links import logo_link, open_link, survey_link, trap_link, unsubscribe_link
from afterword.customers.models import Customer
from afterword.mail.letters.compose import CompiledMail, Design, Links, Rendered, compile_mail
from afterword.mail.message.assemble import build, envelope_address, needs_smtputf8
from afterword.mail.message.return_path import return_path
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Template
from afterword.surveys.models import Survey

# Gmail counts complaints by the fields before it, which it shows to whoever signs for the domain:
# https://support.google.com/a/answer/6254652
SENDER_ID = "afterword"


def letter(survey: Survey, now: datetime) -> Letter:
    """Compose the mail of a survey; raises DesignRefused or MessageRefused where it can't be.

    The Message-ID is the survey's own: whoever gets two copies can see that they are one mail.
    """
    template, company = survey.template, survey.workspace.name
    sender = sender_of(survey.workspace)
    links = links_of(survey)
    rendered = compiled(template, company).render(
        person_of(survey.customer, survey.email, survey.campaign.name), links
    )
    sender_name = template.sender_name or company
    recipient_name = survey.customer.full_name if survey.customer else ""
    feedback_id = f"{survey.campaign_id}:{survey.workspace_id}:{template.metric}:{SENDER_ID}"
    message_id = f"<{survey.id}@{sender.address.rpartition('@')[2]}>"
    content = build(
        rendered,
        sender=sender.address,
        sender_name=sender_name,
        recipient=survey.email,
        recipient_name=recipient_name,
        message_id=message_id,
        date=now,
        unsubscribe=links.unsubscribe,
        feedback_id=feedback_id,
    )
    survey.sender = sender.address
    return Letter(
        survey,
        return_path(survey.id, sender.address),
        envelope_address(survey.email),
        needs_smtputf8(survey.email),
        rendered.subject,
        sender.signer.sign(content) if sender.signer else content,
        text=rendered.text,
        html=rendered.html,
        from_address=sender.address,
        from_name=sender_name,
        to_name=recipient_name,
        headers={
            "Message-ID": message_id,
            "List-Unsubscribe": f"<{links.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def links_of(survey: Survey) -> Links:
    return Links(
        survey_link(survey.answer_token),
        unsubscribe_link(survey.unsubscribe_token),
        trap=trap_link(survey.answer_token),
        open_pixel=open_link(survey.id) if survey.workspace.tracks_opens else "",
    )


def sample(template: Template) -> Rendered:
    """Render a template for nobody in particular, to look at it before it is used."""
    person = person_of(None, "ann@example.com", "") | {
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


def person_of(customer: Customer | None, email: str, campaign_name: str) -> dict[str, object]:
    person: dict[str, object] = {"email": email, "campaign_name": campaign_name}
    if customer is None:
        return person
    return {
        **customer.properties,
        **person,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "full_name": customer.full_name,
        "company_name": customer.company_name,
        "job_title": customer.job_title,
        "city": customer.city,
        "country": customer.country,
        "tags": customer.tags,
    }
