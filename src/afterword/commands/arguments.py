"""Readers of command-line arguments, and how a command refuses what it was given."""

import sys
from argparse import ArgumentTypeError

BAD_INPUT = 2


class Refused(Exception):
    """Arguments that cannot be used; the text says how to mend them."""


def refuse(error: Exception) -> int:
    """Tell why on standard error; return the status to end with."""
    sys.stderr.write(f"{error}\n")
    return BAD_INPUT


def name(text: str) -> str:
    """Read a name; raises ArgumentTypeError, which argparse shows."""
    if not text.strip() or len(text) > 100 or not text.isprintable():
        raise ArgumentTypeError("a name has 1 to 100 characters, on one line")
    return text.strip()
