"""Read a workspace's file: all of it, whatever is wrong with parts of it."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from afterword.apply import campaign_fields
from afterword.apply.campaign_fields import read_campaign
from afterword.apply.fields import Fields, twice
from afterword.apply.followup_fields import read_address, read_workspaces_rules
from afterword.apply.hook_fields import read_hook
from afterword.apply.look_fields import read_brand
from afterword.apply.loop_fields import read_loop
from afterword.apply.problems import Problems
from afterword.apply.template_fields import read_template
from afterword.apply.things import PropertySpec, TokenSpec, WorkspaceFile, WorkspaceSpec
from afterword.apply.yaml_nodes import MOST_BYTES, parse
from afterword.customers.values import PropertyType
from afterword.suppressions.patterns import PatternRefused, read_pattern
from afterword.workspaces.models import (
    MAILS_ARE_A_PERSONS,
    MOST_ADDRESS_WAIT_MINUTES,
    MOST_EVENT_AGE_DAYS,
    MOST_FATIGUE_DAYS,
    MOST_FATIGUE_SURVEYS,
    MOST_MAILS_PER_DAY,
    MOST_OWN_PEOPLE,
    Scope,
)


def read_file(path: Path) -> WorkspaceFile:
    """Return what the file says; raises FileRefused if it cannot be read as YAML.

    What else is wrong with it is in its `problems`.
    """
    problems = Problems(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        problems.add(1, "", f"The file cannot be read: {error.strerror}.")
        problems.refuse_if_any()
    top = Fields(parse(content, problems), "", problems)
    read = WorkspaceFile(
        problems,
        _workspace(top),
        [_property(each) for each in top.children("properties")],
        [read_template(each, path.parent) for each in top.children("templates")],
        [
            read_campaign(each, path.parent)
            for each in top.children("campaigns", campaign_fields.LATER)
        ],
        [_token(each) for each in top.children("tokens")],
        read_brand(top, path.parent),
        read_workspaces_rules(top, path.parent),
        [read_hook(each) for each in top.children("inbound_webhooks")],
        read_loop(top),
    )
    top.finish()
    twice(_by(read.properties, "name"), "name")
    twice(_by(read.templates, "key"), "key")
    twice(_by(read.campaigns, "key"), "key")
    twice(_by(read.tokens, "name"), "name")
    twice(_by(read.hooks, "name"), "name")
    return read


def _by(specs: Iterable[Any], name: str) -> dict[str, list[Fields]]:
    found: dict[str, list[Fields]] = defaultdict(list)
    for spec in specs:
        found[getattr(spec, name)].append(spec.source)
    return found


def _workspace(top: Fields) -> WorkspaceSpec:
    fields = top.child("workspace")
    if fields is None:
        top.refuse("workspace", "This is needed, such as {name: Acme}.")
        return WorkspaceSpec(top, "", {})
    columns = {
        "time_zone": _time_zone(fields),
        **_fatigue(fields),
        "keeps_unsent_properties": fields.switch("keep_unsent_properties", None),
        "max_mails_per_day": fields.integer(
            "max_mails_per_day", 1, MOST_MAILS_PER_DAY, MAILS_ARE_A_PERSONS
        ),
        "max_event_age_days": fields.integer("max_event_age_days", 1, MOST_EVENT_AGE_DAYS),
        "address_wait_minutes": fields.integer(
            "address_wait_minutes", 1, MOST_ADDRESS_WAIT_MINUTES
        ),
        "tracks_opens": fields.switch("open_tracking", None),
        "sender_address": read_address(fields, "sender_address") or None,
        "own_people": _own_people(fields),
    }
    given = {column: value for column, value in columns.items() if value is not None}
    found = WorkspaceSpec(fields, fields.text("name", 100), given)
    fields.finish()
    return found


def _own_people(fields: Fields) -> list[str] | None:
    """Return patterns in their one spelling, sorted; None where the file leaves them to others."""
    if not fields.has("own_people"):
        return None
    found: set[str] = set()
    for text in fields.texts("own_people", 254):
        try:
            found.add(read_pattern(text))
        except PatternRefused as refusal:
            fields.refuse("own_people", str(refusal))
    if len(found) > MOST_OWN_PEOPLE:
        fields.refuse("own_people", f"At most {MOST_OWN_PEOPLE} can be named: name their domain.")
    return sorted(found)


def _fatigue(fields: Fields) -> dict[str, int | None]:
    budget = fields.child("fatigue")
    if budget is None:
        return {}
    found = {
        "fatigue_surveys": budget.integer("surveys", 1, MOST_FATIGUE_SURVEYS),
        "fatigue_days": budget.integer("days", 1, MOST_FATIGUE_DAYS),
    }
    for name, column in (("surveys", "fatigue_surveys"), ("days", "fatigue_days")):
        if found[column] is None and not budget.has(name):
            budget.refuse(name, "A budget needs both: {surveys: 2, days: 30}.")
    budget.finish()
    return found


def _time_zone(fields: Fields) -> str | None:
    name = fields.text("time_zone", 64, "")
    if name and name not in available_timezones():
        fields.refuse("time_zone", f"There is no time zone {name!r}; write it as Europe/Prague.")
    return name or None


def _property(fields: Fields) -> PropertySpec:
    description = fields.text("description", 300, "") if fields.has("description") else None
    found = PropertySpec(
        fields, fields.text("name", 100), fields.choice("type", PropertyType), description
    )
    fields.finish()
    return found


def _token(fields: Fields) -> TokenSpec:
    found = TokenSpec(fields, fields.text("name", 100), fields.choice("scope", Scope))
    fields.finish()
    return found
