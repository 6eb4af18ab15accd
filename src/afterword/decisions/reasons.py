"""The closed list of reasons, in the order in which the rules are asked. Pure."""

from enum import StrEnum


class Reason(StrEnum):
    DUPLICATE = "duplicate"  # of before retries were counted on their event
    NO_EMAIL = "no_email"
    WAITING_FOR_ADDRESS = "waiting_for_address"
    INVALID_EMAIL = "invalid_email"
    NOT_KNOWN = "not_known"
    CAMPAIGN_OFF = "campaign_off"
    TOO_OLD = "too_old"
    OUR_OWN_PEOPLE = "our_own_people"
    UNSUBSCRIBED = "unsubscribed"
    HARD_BOUNCED = "hard_bounced"
    UNDELIVERABLE = "undeliverable"
    SUPPRESSED = "suppressed"
    UNTRUSTED_SOURCE = "untrusted_source"
    OUTSIDE_AUDIENCE = "outside_audience"
    SAMPLED_OUT = "sampled_out"
    THROTTLED = "throttled"
    FATIGUE_BUDGET = "fatigue_budget"
    OUTRANKED = "outranked"
    CAPPED = "capped"
    SCHEDULED = "scheduled"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Reason.DUPLICATE: "Duplicate",
    Reason.NO_EMAIL: "No e-mail address",
    Reason.WAITING_FOR_ADDRESS: "Waiting for an address",
    Reason.INVALID_EMAIL: "Invalid e-mail address",
    Reason.NOT_KNOWN: "Not a known customer",
    Reason.CAMPAIGN_OFF: "Campaign off",
    Reason.TOO_OLD: "Too old",
    Reason.OUR_OWN_PEOPLE: "Our own people",
    Reason.UNSUBSCRIBED: "Unsubscribed",
    Reason.HARD_BOUNCED: "Hard-bounced",
    Reason.UNDELIVERABLE: "Non-deliverable",
    Reason.SUPPRESSED: "Suppressed",
    Reason.UNTRUSTED_SOURCE: "Untrusted source",
    Reason.OUTSIDE_AUDIENCE: "Outside the audience",
    Reason.SAMPLED_OUT: "Sampled out",
    Reason.THROTTLED: "Throttled",
    Reason.FATIGUE_BUDGET: "Fatigue budget",
    Reason.OUTRANKED: "Outranked",
    Reason.CAPPED: "Capped",
    Reason.SCHEDULED: "Scheduled",
}
