"""Which language a customer would like to be spoken to in. Pure."""

from collections.abc import Mapping

OWN = ("language", "locale")  # the properties that say it


def wanted_language(properties: Mapping[str, object]) -> str:
    """Return a tag such as `de` or `pt_BR`, as it was said; "" where nothing is."""
    return next((str(properties[name]) for name in OWN if properties.get(name)), "")
