"""What customers get of an autoresponder, as it is being typed."""

from collections.abc import Mapping

from afterword.followups.autoresponders.mail import example_of, manner_by
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.written_preview import preview_of


def preview(rule: Autoresponder, typed: Mapping[str, str]) -> str:
    """Return it as HTML; nothing of it is saved."""
    return preview_of(rule, rule.workspace.name, manner_by(rule), typed, lambda: example_of(rule))
