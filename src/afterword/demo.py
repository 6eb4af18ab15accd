"""The first start: a workspace that works, somebody to sign in, and what to do next."""

import json
import secrets
from pathlib import Path

from django.db import transaction

from afterword.apply.apply import apply
from afterword.apply.reading import read_file
from afterword.configuration import Configuration
from afterword.workspaces.members import add_member
from afterword.workspaces.models import Role, User, Workspace

FILE = Path(__file__).parent / "demo_workspace" / "demo.yaml"
TOKEN = "first steps"
OWNER = "owner@example.com"
CUSTOMER = "ann@example.com"
EXAMPLE = {
    "event": "Order Completed",
    "userId": "1",
    "properties": {
        "email": CUSTOMER,
        "firstName": "Ann",
        "subscription_name": "Gold",
        "order_total": 49.9,
    },
}


@transaction.atomic
def first_steps(configuration: Configuration) -> str:
    """Make the demo workspace in an empty database; return what to tell whoever started it.

    The text holds a password and a token that nobody can read again, so it belongs on the
    terminal and in no log. Where a workspace or a user is already there, nothing is made and
    the text is empty.
    """
    if Workspace.objects.exists() or User.objects.exists():
        return ""
    outcome = apply(read_file(FILE).named(configuration.workspace))
    password = secrets.token_urlsafe(12)
    add_member(outcome.workspace, OWNER, Role.OWNER, password)
    return _told(configuration, password, outcome.secrets[TOKEN])


def _told(configuration: Configuration, password: str, token: str) -> str:
    address = f"http://{configuration.bind.reachable}/v1/track"
    site = configuration.url
    mail = (
        f"The survey is then at {site}/mailbox, and its answer at {site}/."
        if configuration.mail is None
        else f"The survey then goes to {CUSTOMER}: write your own address there."
    )
    return "\n".join(
        [
            "",
            f"  Sign in     {site}/",
            f"  as          {OWNER}",
            f"  password    {password}",
            f"  API token   {token}",
            "",
            "Send an event:",
            "",
            f"  curl -u {token}: {address} -H 'Content-Type: application/json' "
            f"-d '{json.dumps(EXAMPLE)}'",
            "",
            mail,
            "The password and the token are shown this once.",
            "",
            "",
        ]
    )
