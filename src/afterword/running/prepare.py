"""`afterword prepare`: what `afterword up` does in the database before web and worker start."""

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec

from afterword.configuration import Configuration
from afterword.running.logs import set_up_logging

FIRST_STEPS = "afterword.demo"


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Migrate, make the demo workspace on a first start and print its first steps."""
    from django.core.management import call_command

    set_up_logging()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    if find_spec(FIRST_STEPS):
        sys.stdout.write(import_module(FIRST_STEPS).first_steps(configuration))
    return 0
