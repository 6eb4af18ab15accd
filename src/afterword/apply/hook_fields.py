"""Read an inbound webhook from a workspace's file. Its address and secret are never in it."""

from afterword.apply.fields import Fields
from afterword.apply.things import HookSpec
from afterword.campaigns.models import Service
from afterword.hooks.mapping import LONGEST_NAME, LONGEST_PATH, MOST_FIELDS
from afterword.hooks.models import HookScope
from afterword.hooks.presets import HOOKED


def read_hook(fields: Fields) -> HookSpec:
    services = [each for each in Service if each in HOOKED]
    found = HookSpec(
        source=fields,
        name=fields.text("name", 100),
        campaign_key=fields.text("campaign", 100, ""),
        columns={
            "scope": fields.choice("scope", HookScope, HookScope.SURVEY),
            "service": fields.choice("service", services, Service.WEBHOOK),
            "mapping": _mapping(fields),
        },
        active=fields.switch("active", True) is not False,
    )
    if found.campaign_key and found.columns["scope"] != HookScope.SURVEY:
        fields.refuse("campaign", "Only a webhook of the scope survey asks by a campaign.")
    fields.finish()
    return found


def _mapping(fields: Fields) -> dict[str, list[str]]:
    """`fields` is a mapping of names and paths; left out, what the service usually sends."""
    given = fields.child("fields")
    if given is None:
        return {}
    mapping = {name: given.texts(name, LONGEST_PATH) for name in given.names}
    for name in mapping:
        if len(name) > LONGEST_NAME or "\x00" in name:
            given.refuse(name, f"The name of a field has at most {LONGEST_NAME} characters.")
    if "email" not in mapping:
        fields.refuse("fields", "Say where the address is found: {email: customer.email}.")
    if len(mapping) > MOST_FIELDS:
        fields.refuse("fields", f"At most {MOST_FIELDS} fields can be filled.")
    return {name: paths for name, paths in mapping.items() if paths}
