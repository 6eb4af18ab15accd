"""`afterword export person`: writes everything that is kept of a person as JSON."""

import argparse
import sys

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from django.utils import timezone

    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import read_address
    from afterword.commands.tables import ready_tables
    from afterword.privacy.export import export_of
    from afterword.privacy.traces import Who, traces_of

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email = read_address(arguments.email)
        traces = traces_of(Who(workspace, email))
        if traces.is_empty:
            raise Refused(f"Nothing of {email} is kept in {workspace}.")
    except Refused as refused:
        return refuse(refused)
    for piece in export_of(workspace, traces, timezone.now()):
        sys.stdout.buffer.write(piece)
    return 0
