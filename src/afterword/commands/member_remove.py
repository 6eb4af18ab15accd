"""`afterword member remove`: takes somebody out of a workspace; the next click finds them out."""

import argparse
import sys

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import read_address
    from afterword.commands.tables import ready_tables
    from afterword.workspaces.members import CannotChange, remove_member

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email = read_address(arguments.email)
        remove_member(workspace, email)
    except (Refused, CannotChange) as refused:
        return refuse(refused)
    sys.stdout.write(f"{email} is no longer in {workspace.name}.\n")
    return 0
