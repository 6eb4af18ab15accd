"""`afterword member role`: gives a member of a workspace another role."""

import argparse
import sys

from afterword.commands.member_add import ROLES
from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")
    parser.add_argument("--role", required=True, choices=ROLES)


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import read_address
    from afterword.commands.tables import ready_tables
    from afterword.workspaces.members import CannotChange, change_role
    from afterword.workspaces.models import Role, User

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email, role = read_address(arguments.email), Role(arguments.role)
        if (user := User.objects.filter(email=email).first()) is None:
            raise CannotChange(f"{email} is not in {workspace.name}.")
        former = change_role(workspace, user, role)
    except (Refused, CannotChange) as refused:
        return refuse(refused)
    sys.stdout.write(f"{email} is {role} of {workspace.name}, and was {former}.\n")
    return 0
