"""`afterword migrate`: brings the database's tables up to this release."""

import argparse

from afterword.configuration import Configuration


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)
    return 0
