"""`afterword member list`: shows who is in a workspace, with which role."""

import argparse
import sys

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.tables import ready_tables

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
    except Refused as refused:
        return refuse(refused)
    members = workspace.members.select_related("user").order_by("user__email")
    pending = workspace.pending_members.select_related("user").order_by("user__email")
    lines = [f"{one.role:<8} {one.user.email}" for one in members]
    lines += [f"{one.role:<8} {one.user.email} (waits for their link)" for one in pending]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0
