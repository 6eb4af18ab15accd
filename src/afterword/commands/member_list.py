"""`afterword member list`: shows who is in a workspace or invited, with which role."""

import argparse
import sys
from datetime import datetime

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
    invites = workspace.invites.order_by("email")
    lines = [f"{one.role:<8} {one.user.email} ({_seen(one.user.last_login)})" for one in members]
    lines += [f"{one.role:<8} {one.user.email} (waits for their link)" for one in pending]
    lines += [f"{one.role:<8} {one.email} (invited until {one.expires_at:%F})" for one in invites]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _seen(at: datetime | None) -> str:
    return f"signed in {at:%F}" if at else "never signed in"
