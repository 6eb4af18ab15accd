"""Rules on whom to ask: who can be reached, who may be asked, whom the campaign means. Pure."""

from datetime import datetime

from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Facts, Person, Rules, Verdict
from afterword.occasions.occasion import Occasion, Rule
from afterword.suppressions.patterns import patterns_about


def not_reachable(rules: Rules, facts: Facts) -> Verdict | None:
    """Where a mail is meant an address is needed; in an application, to be known by some id."""
    person = facts.person
    if rules.is_shown_in_app:
        return None if facts.is_known else _not_known(person)
    if person.email or not rules.goes_by_mail:
        return None
    if person.refused_email:
        return Verdict(Reason.INVALID_EMAIL, {"email": person.refused_email})
    ids = {"user_id": person.user_id, "anonymous_id": person.anonymous_id}
    if person.waits_until:
        return Verdict(Reason.WAITING_FOR_ADDRESS, {**ids, "until": person.waits_until})
    return Verdict(Reason.NO_EMAIL, ids)


def _not_known(person: Person) -> Verdict:
    ids = {"user_id": person.user_id, "anonymous_id": person.anonymous_id}
    if person.waits_until:
        return Verdict(Reason.WAITING_FOR_ADDRESS, {**ids, "until": person.waits_until})
    return Verdict(Reason.NOT_KNOWN, {**ids, "email": person.email or ""})


def of_our_own(rules: Rules, person: Person) -> Verdict | None:
    """Who works here is no customer."""
    if not rules.own_people or not person.email:
        return None
    patterns = patterns_about(person.email)
    found = next((pattern for pattern in patterns if pattern in rules.own_people), None)
    return Verdict(Reason.OUR_OWN_PEOPLE, {"pattern": found}) if found else None


def not_to_be_asked(rules: Rules, facts: Facts) -> Verdict | None:
    """What stops all surveys, and what stops mail to the address."""
    for reason, at, detail in (
        (Reason.UNSUBSCRIBED, facts.unsubscribed_at, {"from": "all"}),
        (Reason.UNSUBSCRIBED, facts.campaigns.get(rules.campaign_id), {"from": "campaign"}),
        (Reason.HARD_BOUNCED, rules.goes_by_mail and facts.hard_bounced_at, {}),
        (Reason.UNDELIVERABLE, rules.goes_by_mail and facts.undeliverable_at, {}),
        (Reason.SUPPRESSED, facts.suppressed_at, {"pattern": facts.pattern, "note": facts.note}),
    ):
        if at:
            return Verdict(reason, {"since": at, **detail})
    return None


def not_vouched_for(occasion: Occasion, facts: Facts) -> Verdict | None:
    if occasion.is_trusted or facts.is_known or occasion.skips(Rule.SOURCE):
        return None
    return Verdict(Reason.UNTRUSTED_SOURCE, {"email": facts.person.email})


def not_meant(occasion: Occasion, rules: Rules, facts: Facts, now: datetime) -> Verdict | None:
    if occasion.skips(Rule.AUDIENCE):
        return None
    mismatch = rules.audience.first_mismatch(facts.fields, now)
    return Verdict(Reason.OUTSIDE_AUDIENCE, mismatch.detail) if mismatch else None
