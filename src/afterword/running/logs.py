"""One plain line for each thing logged: time, level, name, message."""

import logging
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# Of the links in mails: who has one can answer and unsubscribe for somebody. Django logs the path
# of every request that it refuses.
_TOKEN = re.compile(r"/([suo])/[\w-]{20,}", re.ASCII)


class Formatter(logging.Formatter):
    """Times in UTC, and no token of a link."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"/\1/***", super().format(record))


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
