"""Open a link that was handed out: decide, and ask whoever it is by showing the survey."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.customers.language import said_languages
from afterword.customers.models import Customer
from afterword.customers.properties import property_types
from afterword.customers.record import OWN_COLUMNS
from afterword.customers.snapshot import snapshot
from afterword.decisions.decide import decide
from afterword.decisions.facts import facts_of, past_surveys, rules_of
from afterword.decisions.how_often import CAP_WINDOW
from afterword.decisions.record import Decided, record
from afterword.decisions.terms import PastSurvey, Person, Rules, Verdict
from afterword.feedback.links.claim import Claim
from afterword.occasions.occasion import Kind, Occasion
from afterword.survey_templates.document import Document, language_for
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.schedule import Asking, schedule
from afterword.surveys.shown import surveys_on_pages


@dataclass(frozen=True, slots=True)
class Coming:
    """Who comes by a link, and how: its address may be signed; `kiosk` is in seconds.

    `languages` are the browser's, those liked most first.
    """

    claim: Claim | None
    is_signed: bool = False
    kiosk: int | None = None
    languages: Sequence[str] = ()

    def wanted_languages(self, customer: Customer | None) -> Iterator[str]:
        """Whoever only says that they are a customer is not shown which language that one likes."""
        if customer and self.is_signed:
            yield from said_languages(customer.properties)
        yield from self.languages

    def detail(self, customer: Customer | None) -> dict[str, object]:
        """Return what is kept with the survey; only somebody who is known can be vouched for."""
        is_vouched_for = self.is_signed and customer is not None
        kept: dict[str, object] = {"claimed": self.claim is not None and not is_vouched_for}
        return kept if self.kiosk is None else kept | {"kiosk": self.kiosk}


def language_of_link(campaign: Campaign, document: Document, coming: Coming) -> str:
    """Return the language in which the link speaks, as its survey will."""
    customer = _customer(campaign, coming.claim) if coming.is_signed else None
    return language_for(document, *coming.wanted_languages(customer))


@transaction.atomic
def open_link(campaign: Campaign, coming: Coming, now: datetime) -> Invitation | Verdict:
    """Return the survey to be shown, or why there is none.

    Its answer belongs to the customer who has the address that was claimed, if there is one: it
    is marked as claimed, unless the address was signed. No claim is for anonymous surveys. What
    stops mail does not count: none is sent, and who comes by a link wants to say something.
    """
    claim = coming.claim
    customer = _customer(campaign, claim)
    occasion = Occasion(Kind.PAGE, new_id(), "", now, now)
    rules = rules_of(campaign, campaign.workspace, property_types(campaign.workspace_id))
    facts = facts_of(
        None,
        is_known=customer is not None,
        surveys=_past(campaign, customer, rules, now) if customer else (),
        person=Person(claim.email if claim else None),
    )
    verdict = decide(occasion, rules, facts, now)
    decided = Decided(occasion, campaign.id, customer.id if customer else None, verdict)
    if not verdict.due_at:
        record(campaign.workspace_id, [decided], now)
        return verdict
    asking = Asking(
        new_id(),
        campaign,
        customer.id if customer else None,
        claim.email if claim else "",
        occasion,
        now,
        _facts(customer, claim),
    )
    verdict.detail["survey_id"] = asking.id
    record(campaign.workspace_id, [decided], now)
    schedule(campaign.workspace_id, [asking], now)
    shown = {"asked_at": now, "detail": coming.detail(customer)}
    Survey.objects.filter(id=asking.id).update(**shown)
    invitation = Invitation.objects.get(id=asking.id)
    invitation.shown_at = now
    wanted = coming.wanted_languages(customer)
    invitation.language = language_for(invitation.asks.said, *wanted)
    invitation.save(update_fields=["shown_at", "language"])
    return invitation


def _past(campaign: Campaign, customer: Customer, rules: Rules, now: datetime) -> list[PastSurvey]:
    since = now - max(CAP_WINDOW, rules.memory)
    mailed = past_surveys(campaign.workspace_id, {customer.id: customer.email}, since)
    return [*mailed[customer.id], *surveys_on_pages([customer.id], since)[customer.id]]


def _customer(campaign: Campaign, claim: Claim | None) -> Customer | None:
    if claim is None:
        return None
    rows = Customer.objects.filter(workspace_id=campaign.workspace_id, email=claim.email)
    return rows.first()


def _facts(customer: Customer | None, claim: Claim | None) -> dict[str, object]:
    if customer is None:
        return dict(claim.names) if claim else {}
    own = {name: getattr(customer, name) for name in OWN_COLUMNS}
    return snapshot(own, customer.tags, customer.properties, customer.company_id)
