"""`afterword token create`: makes an API token and prints it alone."""

import argparse
import sys

from afterword.commands import arguments as read
from afterword.configuration import Configuration

SCOPES = ("ingest", "browser", "read", "write")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--name", required=True, type=read.name, help="what the token is for")
    parser.add_argument("--scope", required=True, choices=SCOPES)


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword.commands.finding import the_workspace
    from afterword.commands.tables import ready_tables
    from afterword.workspaces.models import Scope
    from afterword.workspaces.tokens import NameTaken, make_token

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        _, secret = make_token(workspace, arguments.name, Scope(arguments.scope))
    except (read.Refused, NameTaken) as refused:
        return read.refuse(refused)
    sys.stdout.write(f"{secret}\n")
    return 0
