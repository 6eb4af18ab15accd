"""In-app campaigns for tests, and a page that asks as the script does."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from afterword.campaigns.channels.in_app.identity import identity_of, signature
from afterword.campaigns.models import Campaign, Channel
from afterword.core.sealed import unseal
from afterword.customers.models import Customer, Identity, IdKind
from afterword.workspaces.models import Scope, Workspace
from tests.factories import NOW, a_campaign, a_customer, a_token


def an_in_app_campaign(workspace: Workspace | None = None, **fields: Any) -> Campaign:
    return a_campaign(workspace, channel=Channel.IN_APP, **fields)


def a_regular_one(workspace: Workspace | None = None, **fields: Any) -> Campaign:
    """One that asks at once whoever nobody has asked yet."""
    usual = {"type": "regular", "events": [], "service": "", "first_after_days": 0}
    return an_in_app_campaign(workspace, **{**usual, **fields})


def a_known_user(workspace: Workspace, user_id: str = "42", **fields: Any) -> Customer:
    """A customer of whom the company's server has said what id they have."""
    customer = a_customer(workspace, **fields)
    Identity.objects.create(
        workspace=workspace,
        kind=IdKind.USER,
        external_id=user_id,
        is_trusted=True,
        customer=customer,
        said_at=NOW,
    )
    Customer.objects.filter(id=customer.id).update(created_at=timezone.now() - timedelta(days=1))
    return customer


def hash_of(workspace: Workspace, user_id: str) -> str:
    """What the company's server makes."""
    secret = unseal(identity_of(workspace, NOW).sealed_secret)
    return signature(secret, user_id)


class AppPage:
    """A page of the company's application, with the script on it."""

    def __init__(self, workspace: Workspace, user_id: str = "42", **named: Any) -> None:
        self.client = Client(headers={"Origin": "https://app.acme.test"})
        _, self.key = a_token(workspace, Scope.BROWSER)
        self.named = {"userId": user_id, **named}

    def ask(self, **other: Any) -> list[dict[str, Any]]:
        """Return the surveys that may be shown."""
        answer = self.tell("check", {"key": self.key, **self.named, **other})
        assert answer.status_code == 200, answer.content
        found: list[dict[str, Any]] = json.loads(answer.content)["surveys"]
        return found

    def tell(self, path: str, fields: dict[str, Any]) -> Any:
        return self.client.post(f"/in-app/v1/{path}", fields)


def a_signed_page(workspace: Workspace, user_id: str = "42", **named: Any) -> AppPage:
    return AppPage(workspace, user_id, hash=hash_of(workspace, user_id), **named)
