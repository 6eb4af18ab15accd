"""Copy a campaign's rules to another one, switched off: nobody is told twice unasked."""

from afterword.campaigns.models import Campaign
from afterword.core.ids import new_id
from afterword.followups.models import Autoresponder, Notification, Webhook
from afterword.followups.rules import Rule

_MODELS: tuple[type[Rule], ...] = (Notification, Autoresponder, Webhook)


def copy_rules(campaign: Campaign, copy: Campaign) -> None:
    """A webhook's secret is copied too: its receiver stays the same."""
    for model in _MODELS:
        rows = list(model._default_manager.filter(campaign=campaign).order_by("created_at", "id"))
        for row in rows:
            row.id, row.campaign = new_id(), copy
            row.enabled_at = row.failing_since = None
            row.problem = ""
        model._default_manager.bulk_create(rows)
