"""`afterword apply FILE`: makes a workspace as its file says."""

import argparse
import sys
from pathlib import Path

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the workspace, in YAML")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Print a line for each thing, and what changed below it.

    A new token's secret is in its line, and nowhere else.
    """
    from afterword import joining  # noqa: F401  (audiences look at what later stages know)
    from afterword.apply.apply import apply_path
    from afterword.apply.problems import FileRefused
    from afterword.commands.arguments import refuse
    from afterword.commands.tables import ready_tables

    ready_tables()
    try:
        outcome = apply_path(arguments.file)
    except FileRefused as refused:
        return refuse(refused)
    sys.stdout.write("".join(f"{line}\n" for line in outcome.listed(with_secrets=True)))
    return 0
