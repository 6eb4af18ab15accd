"""A campaign as what its mails are counted and held back by."""

from collections.abc import Collection
from uuid import UUID

from afterword.campaigns.models import Campaign


def campaign_names(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Campaign.objects.filter(id__in=ids).values_list("id", "name"))
