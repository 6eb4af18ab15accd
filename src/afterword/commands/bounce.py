"""`afterword bounce`: takes in one delivery report, as a mail server pipes it into a program.

It ends with 0 whatever the mail was, so that no mail server answers it, and with EX_TEMPFAIL
where it could not be noted: then the mail server keeps the mail and tries again.
"""

import argparse
import os
import sys

from afterword.configuration import Configuration

# What Postfix and Exim set for the programs that they pipe mail into.
_RECIPIENTS = ("ORIGINAL_RECIPIENT", "RECIPIENT")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "recipient", nargs="*", help="the address that the report came to, where headers lack it"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    from django.db import Error
    from django.utils import timezone

    from afterword import joining  # noqa: F401  (what the mails are about is told, too)
    from afterword.sending.reports.delivery_reports import Incoming
    from afterword.sending.reports.take_in import take_in

    recipients = [*arguments.recipient, *(os.environ.get(name, "") for name in _RECIPIENTS)]
    mail, now = Incoming(_read(), recipients), timezone.now()
    try:
        take_in([mail], now)
    except Error as error:
        sys.stderr.write(f"afterword: The report could not be noted: {type(error).__name__}.\n")
        return os.EX_TEMPFAIL
    return 0


def _read() -> bytes:
    """Return the beginning of the mail; a mail server may take an early end for a fault."""
    from afterword.sending.reports.raw_mail import READ

    mail = sys.stdin.buffer.read(READ)
    while sys.stdin.buffer.read(READ):
        pass
    return mail
