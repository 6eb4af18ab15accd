"""`afterword import FILE`: customers from a CSV file, as the page *Import* takes them."""

import argparse
import sys
from pathlib import Path

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the customers, as CSV")
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument(
        "--new-properties", action="store_true", help="define columns that nobody has defined"
    )
    parser.add_argument("--only-new", action="store_true", help="leave known customers alone")
    parser.add_argument(
        "--empty-removes", action="store_true", help="let an empty cell remove what is known"
    )
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="where to write refused rows, as CSV"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Import; standard error says how far it is. Returns 1 if it did not come to its end."""
    from afterword import joining  # noqa: F401  (what the batches ask of later stages)
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.customers_file import bring, import_now, lines_about, write_refused
    from afterword.commands.finding import the_workspace
    from afterword.commands.tables import ready_tables
    from afterword.long_work.models import State

    ready_tables()
    try:
        file = bring(
            the_workspace(arguments.workspace),
            arguments.file,
            new_properties=arguments.new_properties,
        )
        file.updates, file.empties_remove = not arguments.only_new, arguments.empty_removes
        work = import_now(file)
        if arguments.refused:
            write_refused(file, arguments.refused)
    except Refused as refused:
        return refuse(refused)
    sys.stdout.write("".join(f"{line}\n" for line in lines_about(work)))
    return 0 if work.state == State.DONE else 1
