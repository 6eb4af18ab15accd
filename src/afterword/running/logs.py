"""One plain line for each thing logged: time, level, name, message."""

import logging
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# What a log must not hold, by its form, wherever it stands: Django logs the path of each request
# that it refuses, however it is spelled, and a traceback ends with whatever its exception says.
# Strangers choose paths: each form begins only where a word does, or goes only so far, so that a
# long line takes no longer than its length.
_SECRETS = (
    # The token of a link in a mail: 22 characters that are no name in CamelCase.
    (
        r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?!(?:[A-Z][a-z]{2,})+(?![\w-]))"
        r"[\w-]{22}(?![\w-])",
        "***",
    ),
    (r"(?i:/([su])/)[\w-]{20,}", r"/\1/***"),
    (r"(?i:/hooks/)[\w-]{20,}", "/hooks/***"),  # an inbound webhook's address
    # A signed id, as in a return path.
    (r"\b(?i:[a-z2-7]{40})\b", "***"),
    # The key of a link that sets a password.
    (r"\b(?i:[0-9a-z]{5,7}-[0-9a-f]{32})\b", "***"),
    (r"\baw_[0-9a-f]{8,}", "aw_***"),  # an API token
    # Who an address belongs to; in the address of a server, its password.
    (
        r"(?<![^\s@<>()\[\]{}\"',:;=/\\])[^\s@<>()\[\]{}\"',:;=/\\]++@"
        r"(?=[\w-]{1,63}\.[\w-]|localhost)",
        "***@",
    ),
    # The values of a row that PostgreSQL has refused.
    (
        r"\b(DETAIL|CONTEXT):(?s:.*?)(?=\n\n|\n[ |]*(?:HINT|CONTEXT|QUERY|Traceback|\+-)|\Z)",
        r"\1:  ***",
    ),
)
_MASKS = tuple((re.compile(form, re.ASCII), mask) for form, mask in _SECRETS)


class Formatter(logging.Formatter):
    """Times in UTC, and nothing that lets its reader act for somebody, or know who somebody is."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for form, mask in _MASKS:
            line = form.sub(mask, line)
        return line


LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
LONGEST_NAME = len("worker-10")


def logging_settings() -> dict[str, Any]:
    """Return the settings for `logging.config.dictConfig`, Django's and Granian's as well."""
    console = {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"()": "afterword.running.logs.Formatter", "format": LINE}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Whoever asks for what is not there, or may not, would fill the log: 4xx are warnings.
            "django.request": {"level": "ERROR"},
            # Granian sets a handler of its own where it finds none.
            "_granian": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # Two lines for each job would be most of the log.
            "procrastinate": {"level": "WARNING"},
            # Its worker tells the same of a lost connection.
            "procrastinate.utils": {"level": "CRITICAL"},
            # Tells each detector that it runs, for every mail.
            "flufl.bounce": {"level": "CRITICAL"},
        },
    }


def set_up_logging() -> None:
    from logging.config import dictConfig

    dictConfig(logging_settings())


def set_up_logging_as(name: str) -> None:
    """Log as one of several programs that share a stream."""
    handler = logging.StreamHandler()
    handler.setFormatter(Formatter(prefix(name) + LINE))
    logging.basicConfig(handlers=[handler], level=logging.INFO)


def prefix(name: str) -> str:
    return f"{name:<{LONGEST_NAME}} | "


def log_of(name: str) -> Callable[[str], None]:
    """Return what writes a line of the program's log, with its name before it."""

    def log(line: str) -> None:
        # A log that nobody reads any more must not stop what it tells of.
        with suppress(BrokenPipeError):
            sys.stderr.write(f"{prefix(name)}{line}\n")
            sys.stderr.flush()

    return log
