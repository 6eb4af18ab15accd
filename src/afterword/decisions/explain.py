"""Says a decision in plain words: the sentence behind each reason. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo

from afterword.decisions.reasons import Reason

Detail = Mapping[str, object]


def explain(reason: Reason, detail: Detail, zone: tzinfo = UTC) -> str:
    """Return one or two sentences on why; `detail` is the decision's, its instants ISO 8601.

    What an older decision did not keep is left out.
    """
    return _SENTENCES[reason](_Said(detail, zone))


class _Said:
    """A decision's detail, each part ready to stand in a sentence."""

    def __init__(self, detail: Detail, zone: tzinfo) -> None:
        self.detail = detail
        self.zone = zone

    def has(self, key: str) -> bool:
        return self.detail.get(key) not in {None, ""}

    def text(self, key: str) -> str:
        return str(self.detail.get(key, ""))

    def moment(self, key: str) -> str:
        at = self.detail[key]
        when = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
        local = when.astimezone(self.zone)
        return f"{local.day} {local:%b %Y, %H:%M}"

    def on(self, key: str) -> str:
        """Return " on …", or nothing where the instant is not known."""
        return f" on {self.moment(key)}" if self.has(key) else ""

    def number(self, key: str) -> str:
        value = self.detail.get(key, "?")
        return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def _duplicate(said: _Said) -> str:
    first = f", on {said.moment('first_received_at')}" if said.has("first_received_at") else ""
    return f"An event with the same messageId came before{first}. It counts once."


def _no_email(said: _Said) -> str:
    ids = [
        f"{name} “{said.text(key)}”"
        for name, key in (("userId", "user_id"), ("anonymousId", "anonymous_id"))
        if said.has(key)
    ]
    if not ids:
        return "The event carried no e-mail address and no id. Send `email` in its properties."
    return (
        f"The event carried no e-mail address, and no identify call has said whose "
        f"{' or '.join(ids)} is. Send `email` in its properties, or identify the user first."
    )


def _waiting(said: _Said) -> str:
    until = f" until {said.moment('until')}" if said.has("until") else " a while"
    return f"{_no_email(said).partition(' Send ')[0]} One may still come: it waits{until}."


def _not_known(said: _Said) -> str:
    who = next(
        (said.text(key) for key in ("email", "user_id", "anonymous_id") if said.has(key)), ""
    )
    named = f" by “{who}”" if who else ""
    return f"Nobody is known{named}. In an application only known customers are asked."


def _invalid_email(said: _Said) -> str:
    address = f"“{said.text('email')}”" if said.has("email") else "What the event carried"
    return f"{address} is not an e-mail address."


def _too_old(said: _Said) -> str:
    limit = f"older than {said.number('max_days')} days " if said.has("max_days") else "as old "
    happened = f"The event happened{said.on('occurred_at')}. " if said.has("occurred_at") else ""
    return f"{happened}Events {limit}bring the customer up to date but survey nobody."


def _untrusted(said: _Said) -> str:
    address = f" {said.text('email')}" if said.has("email") else " the address"
    return (
        f"The event came from a browser, where anyone can send any address, and"
        f"{address} is not known from a server yet."
    )


def _outside(said: _Said) -> str:
    others = said.detail.get("others")
    if isinstance(others, list) and others:
        missed = [one for one in [said.detail, *others] if isinstance(one, Mapping)]
        seen = "; ".join(map(_filter, missed))
        return f"None of {_which({one.get('group') for one in missed})} held: {seen}."
    if not said.has("field"):
        return "The customer is not in the campaign's audience."
    return f"A filter did not hold: {_filter(said.detail)}."


def _which(groups: set[object]) -> str:
    """Name the filters of which one would have done, by the groups that they are in."""
    if groups <= {None}:
        return "the filters"
    return "the filters of a group" if len(groups) == 1 else "the filters and groups"


def _filter(one: Detail) -> str:
    field = str(one.get("field", "")).removeprefix("properties.").replace("_", " ")
    if one.get("problem"):
        return f"{field} {one.get('operator', '')} cannot be used ({one['problem']})"
    wanted = _value(one["value"]) if one.get("value") is not None else ""
    condition = " ".join(part for part in (field, str(one.get("operator", "")), wanted) if part)
    seen = _value(one["seen"]) if one.get("seen") not in (None, "", []) else "empty"
    return f"{condition} (it was {seen})"


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_value(item)}" for name, item in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _sampled_out(said: _Said) -> str:
    if not said.has("draw"):
        return "The campaign asks only a part of its events, and this one was not drawn."
    drawn = f"The draw was {said.number('draw')}, the campaign asks {said.number('rate')}\u00a0%"
    return f"{drawn}{_aimed(said)}."


def _aimed(said: _Said) -> str:
    """Say how the rate follows from a target of answers; nothing where there is none."""
    if not said.has("target"):
        return ""
    whose = ""
    if said.has("of_property"):
        value = f"“{said.text('of_value')}”" if said.has("of_value") else "not known"
        whose = f" where {said.text('of_property')} is {value}"
    wanted = (
        f": {said.number('target')} answers a week are wanted{whose}, {said.number('answered')} "
        f"came in the last seven days. About {said.number('response_rate')}\u00a0% answer, so "
        f"{said.number('needed')} are to be asked, and {said.number('asked')} were"
    )
    return wanted + _HELD.get(said.text("held_by"), "")


_HELD = {
    "answers": ". That is enough for now",
    "asked": ". More are not asked",
    "day": ". Enough were asked in the last 24 hours: they are spread over the week",
}


def _throttled(said: _Said) -> str:
    if said.has("due_at"):
        first = f"A survey is waiting to be sent{said.on('due_at')}"
    else:
        first = f"A survey was sent{said.on('surveyed_at')}"
    again = f"; the next may follow after {said.number('days')} days" if said.has("days") else ""
    until = f" (from {said.moment('until')})" if said.has("until") else ""
    return f"{first}{again}{until}."


def _capped(said: _Said) -> str:
    if not said.has("mails"):
        return "The address got as many survey mails as it may in a day."
    return (
        f"The address got {said.number('mails')} survey mails in {said.number('hours')} hours "
        f"already; the limit is {said.number('limit')}."
    )


def _fatigued(said: _Said) -> str:
    if not said.has("limit"):
        return "The customer got as many surveys as the workspace's budget allows."
    return (
        f"The customer has {said.number('surveys')} surveys within {said.number('days')} days; "
        f"the workspace's budget is {said.number('limit')}, over all campaigns."
    )


def _outranked(said: _Said) -> str:
    if not said.has("by_priority"):
        return "A survey of a more important campaign takes the last place of the budget."
    return (
        f"A waiting survey of a campaign with priority {said.number('by_priority')} takes the last "
        f"place of the workspace's budget ({said.number('limit')} in {said.number('days')} days); "
        f"this one's priority is {said.number('priority')}."
    )


def _scheduled(said: _Said) -> str:
    drawn = f" {_sampled_out(said)}" if said.has("draw") else ""
    when = f" for {said.moment('due_at')}" if said.has("due_at") else ""
    why = _PUTS_OFF.get(said.text("waits_for"), "")
    return f"A survey was scheduled{when}{why}.{drawn}"


_PUTS_OFF = {"delay": ", after the delay", "time_frame": ", when the time frame opens"}


def _our_own(said: _Said) -> str:
    listed = f": {said.text('pattern')} is on the list" if said.has("pattern") else ""
    return f"The address is one of our own people's{listed}. They are never asked."


def _unsubscribed(said: _Said) -> str:
    scope = " from the surveys of this campaign" if said.text("from") == "campaign" else ""
    return f"The customer unsubscribed{scope}{said.on('since')}."


def _suppressed(said: _Said) -> str:
    if not said.has("pattern"):
        return f"The address was put on the suppression list{said.on('since')}."
    since = f" since {said.moment('since')}" if said.has("since") else ""
    note = f" (“{said.text('note')}”)" if said.has("note") else ""
    return f"{said.text('pattern')} is on the suppression list{since}{note}."


def _since(sentence: str) -> Callable[[_Said], str]:
    return lambda said: f"{sentence}{said.on('since')}."


_SENTENCES: dict[Reason, Callable[[_Said], str]] = {
    Reason.DUPLICATE: _duplicate,
    Reason.NO_EMAIL: _no_email,
    Reason.WAITING_FOR_ADDRESS: _waiting,
    Reason.INVALID_EMAIL: _invalid_email,
    Reason.NOT_KNOWN: _not_known,
    Reason.CAMPAIGN_OFF: lambda _said: "The campaign was switched off at the time.",
    Reason.TOO_OLD: _too_old,
    Reason.OUR_OWN_PEOPLE: _our_own,
    Reason.UNSUBSCRIBED: _unsubscribed,
    Reason.HARD_BOUNCED: _since("A mail to this address bounced for good"),
    Reason.UNDELIVERABLE: _since("The address was found to be non-deliverable"),
    Reason.SUPPRESSED: _suppressed,
    Reason.UNTRUSTED_SOURCE: _untrusted,
    Reason.OUTSIDE_AUDIENCE: _outside,
    Reason.SAMPLED_OUT: _sampled_out,
    Reason.THROTTLED: _throttled,
    Reason.FATIGUE_BUDGET: _fatigued,
    Reason.OUTRANKED: _outranked,
    Reason.CAPPED: _capped,
    Reason.SCHEDULED: _scheduled,
}
