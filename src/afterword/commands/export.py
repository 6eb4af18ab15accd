"""`afterword export FILE`: writes a workspace as the file that `apply` reads."""

import argparse
import sys
from pathlib import Path

from afterword.configuration import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", required=True, metavar="NAME")
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="where to; logos go into a folder beside it",
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Print the path of each file that was written."""
    from afterword.apply.writing.files import save
    from afterword.apply.writing.workspace import write
    from afterword.commands.arguments import Refused, refuse
    from afterword.commands.finding import the_workspace
    from afterword.commands.tables import ready_tables

    ready_tables()
    try:
        saved = save(write(the_workspace(arguments.workspace)), arguments.file)
    except Refused as refused:
        return refuse(refused)
    except OSError as error:
        return refuse(Refused(f"{error.filename or arguments.file}: {error.strerror}."))
    sys.stdout.write("".join(f"{path}\n" for path in saved))
    return 0
