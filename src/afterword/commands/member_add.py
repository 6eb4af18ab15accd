"""`afterword member add`: adds somebody to a workspace, or changes their role."""

import argparse
import sys

from afterword.configuration import Configuration

ROLES = ("owner", "admin", "member", "analyst")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")
    parser.add_argument("--role", required=True, choices=ROLES)
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input, instead of printing a link to choose one",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import lines_about, read_address, read_password
    from afterword.commands.tables import ready_tables
    from afterword.workspaces.members import CannotChange, add_member
    from afterword.workspaces.models import Role

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email = read_address(arguments.email)
        password = read_password(email) if arguments.password_stdin else None
        joined = add_member(workspace, email, Role(arguments.role), password)
    except (Refused, CannotChange) as refused:
        return refuse(refused)
    sys.stdout.write("".join(f"{line}\n" for line in lines_about(joined)))
    return 0
