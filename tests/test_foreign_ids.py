"""Keys of another workspace, in every address that takes any: not found, and nothing changed."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from afterword.apply.tests.rich_workspace import a_rich_workspace
from afterword.customers.models import Company, Tag
from afterword.privacy.models import Erasure
from afterword.privacy.tests.a_person import a_person
from afterword.workspaces.invites import invite
from afterword.workspaces.models import Member, Scope, Workspace
from tests.factories import NOW, a_campaign, a_customer, a_member, a_token
from tests.imports import a_file
from tests.long_work import some_work

pytestmark = pytest.mark.django_db

# Whose key stands where in an address.
OF = {
    "campaign_id": "Campaign", "company": "Company", "company_id": "Company",
    "customer_id": "Customer", "domain_id": "SenderDomain", "email_id": "Suppression",
    "erasure_id": "Erasure", "event_id": "Event", "feedback_id": "Response", "hook_id": "Hook",
    "import_id": "Import", "invitation_id": "Invitation", "invite_id": "Invite",
    "member_id": "Member", "message_id": "MailboxMessage", "property_id": "Property",
    "reminder_id": "Reminder", "response_id": "Response", "survey_id": "Survey",
    "suppression_id": "Suppression", "tag_id": "Tag", "template_id": "Template",
    "token_id": "Token", "view_id": "SavedView", "work_id": "Work", "you_said_id": "YouSaid",
}  # fmt: skip
RULES = {"notifications": "Notification", "autoresponders": "Autoresponder", "webhooks": "Webhook"}
# No keys, or those of nobody's rows; and secrets, which let in whoever knows them.
APART = {"token", "metric", "kind", "hit", "account", "kept_id"}
FOR_EVERYBODY = {"/logos/<logo_id>", "/hooks/<hook_id>"}
# Lead back with the words that it is too late: of whom is not said.
LEADS_BACK = {
    "/customers/<customer_id>/deletion/undo",
    "/customers/<customer_id>/survey/<survey_id>/cancel",
}
_PART = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """Yield every address that takes something, with its parts as `<name>`."""
    for each in resolver.url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each, address)
        elif isinstance(each, URLPattern) and "<" in address and "(?P" not in address:
            yield _PART.sub(r"<\1>", address)


def takes_a_key(address: str) -> bool:
    return bool(set(_PART.findall(address)) - APART)


ALL = sorted(set(filter(takes_a_key, addresses(get_resolver()))) - FOR_EVERYBODY)


def model_of(part: str, address: str) -> str:
    if part == "rule_id":
        return next(model for word, model in RULES.items() if f"/{word}/" in address)
    return OF[part]


@pytest.fixture
def theirs() -> Workspace:
    """A workspace with rows of every kind that an address can name."""
    workspace = a_rich_workspace()
    member = a_member(workspace)
    a_person(workspace)
    some_work(member)
    a_file(member, "email,plan size\nann@example.com,3\n")
    Company.objects.create(workspace=workspace, name="Acme", key="acme")
    Tag.objects.create(workspace=workspace, name="vip", created_at=NOW)
    Erasure.objects.create(workspace=workspace, at=NOW, keeps_scores=False, counts={})
    invite(workspace, "new@acme.test", "member", member.user, NOW)
    return workspace


def keys_of(workspace: Workspace) -> dict[str, Any]:
    """Return one key of each model that belongs to a workspace, by the model's name."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        names = {one.name for one in model._meta.get_fields()}
        path = "workspace" if "workspace" in names else "campaign__workspace"
        if path == "workspace" or "campaign" in names:
            rows = model._default_manager.filter(**{path: workspace})
            found[model.__name__] = rows.order_by("pk").values_list("pk", flat=True).first()
    return found


def rows_of(workspace: Workspace) -> dict[str, str]:
    """Return a digest of each table's rows of a workspace."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if any(one.column == "workspace_id" for one in model._meta.concrete_fields):
                table = model._meta.db_table
                query = f"""
                    SELECT md5(string_agg(one::text, ' ' ORDER BY one::text))
                    FROM "{table}" AS one WHERE workspace_id = %s"""
                cursor.execute(query, [workspace.id])
                found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def ours() -> Member:
    return a_member()


@pytest.fixture
def browser(ours: Member) -> Client:
    """An owner's, and that of a program which may do everything."""
    _, secret = a_token(ours.workspace, Scope.WRITE)
    browser = Client(headers={"X-Api-Key": secret})
    browser.force_login(ours.user)
    return browser


def answers(browser: Client, address: str, keys: dict[str, Any]) -> set[int]:
    """Ask in every way there may be; return the statuses."""
    parts = set(_PART.findall(address)) - APART
    named = {part: keys[model_of(part, address)] for part in parts}
    assert None not in named.values(), f"make one of these for {address}"
    filled = _PART.sub(lambda part: str(named.get(part[1], uuid4())), address)
    methods = ("get", "post", "put", "patch", "delete") if "/api/" in address else ("get", "post")
    return {getattr(browser, method)(filled).status_code for method in methods}


@pytest.mark.slow
def test_a_key_of_another_workspace_is_not_found_and_changes_nothing(
    theirs: Workspace, ours: Member, browser: Client
):
    keys, before = keys_of(theirs), rows_of(theirs)
    # One's own campaign or customer, and something below it that is theirs.
    mixed = keys | {
        "Campaign": a_campaign(ours.workspace).id,
        "Customer": a_customer(ours.workspace).id,
    }

    said = {address: answers(browser, address, keys) for address in ALL}
    said_below = {
        address: answers(browser, address, mixed) for address in ALL if address.count("<") > 1
    }

    assert {address for address in said if said[address] - {404, 405}} <= LEADS_BACK
    assert {address for address in said_below if said_below[address] - {404, 405}} <= LEADS_BACK
    assert rows_of(theirs) == before
