"""`afterword prepare`: what `afterword up` does in the database before web and worker start."""

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec

from afterword.configuration import Configuration
from afterword.running.logs import set_up_logging
from afterword.running.migrate import migrate

FIRST_STEPS = "afterword.demo"


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Migrate, make the demo workspace on a first start and print its first steps."""
    set_up_logging()
    migrate()
    if find_spec(FIRST_STEPS):
        sys.stdout.write(import_module(FIRST_STEPS).first_steps(configuration))
    return 0
