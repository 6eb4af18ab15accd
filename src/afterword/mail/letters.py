"""Make a letter of a survey: the template compiled once, the person's values filled in."""

from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from afterword.campaigns.metrics import Metric
from afterword.campaigns.models import Template
from afterword.configuration import SmtpServer
from afterword.core.email_address import normalise
from afterword.core.links import logo_link, survey_link, unsubscribe_link
from afterword.customers.models import Customer
from afterword.mail.compose import CompiledMail, Design, Links, Rendered, compile_mail
from afterword.mail.message import build, envelope_address, needs_smtputf8
from afterword.mail.transports import Letter
from afterword.surveys.models import Survey


def letter(survey: Survey, now: datetime) -> Letter:
    """Compose the mail of a survey; raises DesignRefused or MessageRefused where it can't be.

    The Message-ID is the survey's own: whoever gets two copies can see that they are one mail.
    """
    template = survey.template
    unsubscribe = unsubscribe_link(survey.unsubscribe_token)
    rendered = compiled(template, survey.workspace.name).render(
        person_of(survey.customer, survey.email, survey.campaign.name),
        Links(survey_link(survey.answer_token), unsubscribe),
    )
    sender = sender_address()
    content = build(
        rendered,
        sender=sender,
        sender_name=template.sender_name or survey.workspace.name,
        recipient=survey.email,
        recipient_name=survey.customer.full_name if survey.customer else "",
        message_id=f"<{survey.id}@{sender.rpartition('@')[2]}>",
        date=now,
        unsubscribe=unsubscribe,
    )
    return Letter(
        survey,
        sender,
        envelope_address(survey.email),
        needs_smtputf8(survey.email),
        rendered.subject,
        content,
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


@lru_cache
def sender_address() -> str:
    """Return the address that survey mails come from.

    The mail server's user where it is an address, since servers often insist on it; else
    `surveys` at the host of AFTERWORD_URL.
    """
    server: SmtpServer | None = settings.CONFIGURATION.mail
    if server and (address := normalise(server.user)):
        return envelope_address(address)
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return envelope_address(f"surveys@{host}") if host[-1:].isalpha() else "surveys@localhost"
