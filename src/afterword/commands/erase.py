"""`afterword erase`: removes every trace of a person from a workspace, and prints the receipt."""

import argparse
import sys

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument("--email", required=True, metavar="ADDRESS")
    parser.add_argument(
        "--keep-scores", action="store_true", help="keep scores and their days, of nobody"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask: it cannot be brought back")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from afterword import joining  # noqa: F401  (what stops mail is told to who listens)
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.people import read_address
    from afterword.commands.tables import ready_tables
    from afterword.core.clock import database_now
    from afterword.privacy.erase import CannotErase, erase
    from afterword.privacy.removal import Wish
    from afterword.privacy.traces import Who

    ready_tables()
    try:
        workspace = the_workspace(arguments.workspace)
        email = read_address(arguments.email)
        if not arguments.yes and not _is_sure(email, workspace.name):
            raise Refused("Nothing was erased.")
        wish = Wish(keeps_scores=arguments.keep_scores)
        receipt = erase(Who(workspace, email), wish, None, database_now())
    except (Refused, CannotErase) as refused:
        return refuse(refused)
    lines = [f"{count:>8} {name.replace('_', ' ')}" for name, count in receipt.counts.items()]
    sys.stdout.write("".join(f"{line}\n" for line in [f"Erased; receipt {receipt.id}:", *lines]))
    return 0


def _is_sure(email: str, workspace: str) -> bool:
    sys.stdout.write(f"Erase every trace of {email} in {workspace}? Write the address again: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() == email.lower()
