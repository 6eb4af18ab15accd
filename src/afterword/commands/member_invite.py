"""`afterword member invite`: mails a link into a workspace; again, a new one."""

import argparse
import sys

from afterword.commands.member_add import ROLES
from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")
    parser.add_argument("--role", required=True, choices=ROLES)


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from django.utils import timezone

    from afterword import joining  # noqa: F401  (an invite is mailed)
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import read_address
    from afterword.commands.tables import ready_tables
    from afterword.workspaces.invites import invite_or_send_again
    from afterword.workspaces.members import CannotChange
    from afterword.workspaces.models import Role

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email, role = read_address(arguments.email), Role(arguments.role)
        invite = invite_or_send_again(workspace, email, role, timezone.now())
    except (Refused, CannotChange) as refused:
        return refuse(refused)
    sys.stdout.write(f"A link is on its way to {email}; it is good until {invite.expires_at:%F}.\n")
    return 0
