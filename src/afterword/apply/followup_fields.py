"""Read a campaign's notifications, autoresponders and webhooks from a workspace's file."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from afterword.apply.audience_fields import read_audience
from afterword.apply.durations import read_duration
from afterword.apply.fields import Fields
from afterword.apply.secrets import read_secret
from afterword.apply.things import FollowupSpecs, RuleSpec
from afterword.core.email_address import normalise
from afterword.followups.autoresponders.models import LONGEST, SHORTEST, WHEN
from afterword.followups.autoresponders.write import CannotBeWritten
from afterword.followups.events import FOR_PEOPLE, Event, Wanted
from afterword.followups.notifications.models import WEEKDAYS, By, Frequency
from afterword.followups.samples import Sample, samples_of
from afterword.followups.values import FIELDS
from afterword.followups.webhooks.body import BODY_LIMIT, PREFILLED, BodyRefused, check_body
from afterword.followups.webhooks.form import address_problem, header_problem
from afterword.followups.webhooks.request import is_secret
from afterword.followups.webhooks.trying import try_body
from afterword.followups.written_form import MOST_BUTTONS
from afterword.followups.written_trying import try_text

MOST_RULES = 100
# Words for events that a file may use beside their own.
_ALSO = {
    "new_feedback": Event.FEEDBACK,
    "with_comment": Event.WITH_COMMENT,
    "without_comment": Event.WITHOUT_COMMENT,
    "no_comment": Event.WITHOUT_COMMENT,
}
_DAYS = [day[:3].lower() for day in WEEKDAYS]
_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


def read_campaigns_rules(fields: Fields, folder: Path) -> FollowupSpecs:
    return {
        **read_workspaces_rules(fields, folder),
        "autoresponders": _read_rules(fields, "autoresponders", read_autoresponder, folder),
    }


def read_workspaces_rules(fields: Fields, folder: Path) -> FollowupSpecs:
    """Return what may stand beside all campaigns, too; `folder` is the file's."""
    return {
        "notifications": _read_rules(fields, "notifications", read_notification, folder),
        "webhooks": _read_rules(fields, "webhooks", read_webhook, folder),
    }


def _read_rules(
    fields: Fields, name: str, read: Callable[[Fields, Path], RuleSpec], folder: Path
) -> list[RuleSpec] | None:
    """Return the rules of one kind; None where the file leaves them to others."""
    if not fields.has(name):
        return None
    found = [read(each, folder) for each in fields.children(name, most=MOST_RULES)]
    for place, one in enumerate(found):
        if any(one.is_like(other) for other in found[:place]):
            one.source.refuse("name", "There is one like this already: give it another name.")
    return found


def read_webhook(fields: Fields, folder: Path) -> RuleSpec:
    url, body = fields.text("url", 2000), fields.text("body", BODY_LIMIT, PREFILLED, lines=True)
    if url and not _WEB.fullmatch(url):
        fields.refuse("url", "Write an address that begins with https:// or http://.")
    elif problem := address_problem(url):
        fields.refuse("url", problem)
    offered = [event for event in Event if event not in FOR_PEOPLE]
    columns = {**_shared(fields, offered, [Event.FEEDBACK]), "url": url, "body": body}
    try:
        check_body(body, FIELDS)
        try_body(body, _samples(columns))
    except BodyRefused as refusal:
        fields.refuse("body", str(refusal))
    secrets = {"headers": _headers(fields, folder), "secret": _signing_secret(fields, folder)}
    return _finished(fields, columns, columns["name"] or url, **secrets)


def read_notification(fields: Fields, folder: Path) -> RuleSpec:
    columns = _shared(fields, list(Event), [Event.FEEDBACK])
    columns |= {
        "frequency": fields.choice("frequency", Frequency, Frequency.IMMEDIATELY),
        "channel": fields.choice("channel", By, By.EMAIL),
        "hour": fields.integer("hour", 0, 23) if fields.has("hour") else 8,
        "weekday": _DAYS.index(fields.choice("weekday", _DAYS, _DAYS[0]) or _DAYS[0]),
        "sends_empty": bool(fields.switch("send_empty", False)),
        "addresses": [],
    }
    for address in fields.texts("to", 254):
        if known := normalise(address):
            columns["addresses"].append(known)
        else:
            fields.refuse("to", f"{address!r} is no e-mail address.")
    slack = _slack(fields, columns, folder)
    members = [address.lower() for address in fields.texts("members", 254)]
    if columns["channel"] == By.EMAIL and not (columns["addresses"] or members):
        fields.refuse("to", "This is needed: one address, or a list.")
    natural = (columns["channel"], columns["frequency"], *columns["addresses"], *columns["events"])
    return _finished(fields, columns, columns["name"] or natural, members=members, **slack)


def _slack(fields: Fields, columns: dict[str, Any], folder: Path) -> dict[str, str]:
    """Read how Slack is reached, into the columns too; return the secrets."""
    found = {name: read_secret(fields, name, 2000, folder) for name in ("slack_url", "slack_token")}
    columns["slack_channel"] = fields.text("slack_channel", 80, "")
    if found["slack_url"] and not _WEB.fullmatch(found["slack_url"]):
        fields.refuse("slack_url", "Write an address that begins with https:// or http://.")
    return found


def read_autoresponder(fields: Fields, _folder: Path) -> RuleSpec:
    words = [event.value for event in WHEN]
    asked = fields.choice("when", [*words, "no_comment", "without_comment"], "")
    if not asked and not fields.has("when"):
        fields.refuse("when", f"This is needed: no_comment, {', '.join(words[1:])}.")
    columns = _bounds(fields, is_needed=asked == Event.SCORE_RANGE)
    columns |= {
        "name": fields.text("name", 100, ""),
        "events": [_ALSO.get(asked, asked)],
        "sender_name": fields.text("sender_name", 64, ""),
        "sender_address": read_address(fields, "sender_address"),
        "reply_to": read_address(fields, "reply_to"),
        "buttons": _buttons(fields),
        **_delay(fields),
    }
    samples = _samples(columns)
    columns["subject"] = _written(fields, "subject", 250, samples)
    columns["body"] = _written(fields, "body", 5000, samples)
    natural = (*columns["events"], columns["score_min"], columns["score_max"])
    return _finished(fields, columns, columns["name"] or natural)


def _finished(fields: Fields, columns: dict[str, Any], key: object, **secret: Any) -> RuleSpec:
    active, audience = fields.switch("active", True), read_audience(fields)
    fields.finish()
    return RuleSpec(fields, key, columns, bool(active), audience, **secret)


def _shared(
    fields: Fields, offered: Collection[Event], default: Collection[Event]
) -> dict[str, Any]:
    known = {event.value: event for event in offered}
    known |= {word: event for word, event in _ALSO.items() if event in offered}
    events = fields.texts("events", 40) or [event.value for event in default]
    for word in events:
        if word not in known:
            fields.refuse("events", f"{word!r} is no event: use {', '.join(known)}.")
    found = list(dict.fromkeys(known[word].value for word in events if word in known))
    bounds = _bounds(fields, is_needed=Event.SCORE_RANGE in found)
    return {"name": fields.text("name", 100, ""), "events": found, **bounds}


def _bounds(fields: Fields, *, is_needed: bool) -> dict[str, Any]:
    score = fields.child("score")
    low = high = None
    if score:
        low, high = score.integer("min", 0, 10), score.integer("max", 0, 10)
        if low is not None and high is not None and low > high:
            score.refuse("max", "This is less than min.")
        score.finish()
    if is_needed and low is None and high is None:
        fields.refuse("score", "This is needed for a range: {min: 0, max: 6}.")
    return {"score_min": low, "score_max": high}


def _signing_secret(fields: Fields, folder: Path) -> str:
    found = read_secret(fields, "secret", 200, folder)
    if found and not is_secret(found):
        fields.refuse("secret", "Write whsec_ and 24 to 64 bytes in base64.")
    return found


def _headers(fields: Fields, folder: Path) -> dict[str, str | None]:
    """A value that is null is kept as it is."""
    given = fields.child("headers")
    names = given.names if given else []
    found = {
        name: read_secret(given, name, 2000, folder) if given.has(name) else None
        for name in names
        if given
    }
    for name, value in found.items():
        if given and (problem := header_problem(name, "kept" if value is None else value)):
            given.refuse(name, problem)
    return found


def read_address(fields: Fields, name: str) -> str:
    given = fields.text(name, 254, "")
    address = normalise(given) if given else ""
    if address is None:
        fields.refuse(name, f"{given!r} is no e-mail address.")
    return address or ""


def _samples(columns: Mapping[str, Any]) -> list[Sample]:
    """Return what a rule's texts are tried on, whatever its campaign measures."""
    events = frozenset(columns["events"]) & frozenset(Event.values)
    return samples_of(Wanted(events, columns["score_min"], columns["score_max"]), None)


def _written(fields: Fields, name: str, limit: int, samples: Sequence[Sample]) -> str:
    source = fields.text(name, limit, lines=name == "body")
    try:
        try_text(source, samples)
    except CannotBeWritten as fault:
        fields.refuse(name, str(fault))
    return source


def _buttons(fields: Fields) -> list[dict[str, str]]:
    found = []
    for each in fields.children("buttons", most=MOST_BUTTONS):
        button = {"label": each.text("label", 60), "url": each.text("url", 2000)}
        if button["url"] and not _WEB.fullmatch(button["url"]):
            each.refuse("url", "Write an address that begins with https:// or http://.")
        each.finish()
        found.append(button)
    return found


def _delay(fields: Fields) -> dict[str, timedelta]:
    delay, longest = fields.child("delay"), timedelta(days=7)
    low, high = SHORTEST, LONGEST
    if delay:
        low = read_duration(delay, "min", SHORTEST, longest)
        high = read_duration(delay, "max", max(low, LONGEST), longest)
        if low > high:
            delay.refuse("max", "This is less than min.")
        delay.finish()
    return {"delay_min": low, "delay_max": high}
