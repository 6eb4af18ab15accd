"""`afterword plan FILE`: tells what `apply` would change, and changes nothing."""

import argparse
import sys
from pathlib import Path

from afterword.configuration import Configuration

SAME, FAILED, DIFFERENT = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the workspace, in YAML")


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """End with 0 where nothing would change, 2 where something would, 1 for a bad file."""
    from afterword import joining  # noqa: F401  (audiences look at what later stages know)
    from afterword.apply.apply import plan
    from afterword.apply.problems import FileRefused
    from afterword.apply.reading import read_file
    from afterword.commands.arguments import refuse
    from afterword.commands.tables import ready_tables

    ready_tables()
    try:
        outcome = plan(read_file(arguments.file))
    except FileRefused as refused:
        refuse(refused)
        return FAILED
    sys.stdout.write("".join(f"{line}\n" for line in outcome.listed(with_secrets=False)))
    return DIFFERENT if outcome.is_changed else SAME
