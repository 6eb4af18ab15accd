"""`afterword web`: the pages, the API and the ingest path, on Granian."""

import argparse
import asyncio
import logging
import resource
import signal
from typing import Any

from afterword.configuration import Configuration
from afterword.running.addresses import refuse_taken, resolve
from afterword.running.logs import logging_settings, set_up_logging
from afterword.running.parenthood import die_with_parent

logger = logging.getLogger("afterword.web")
TARGET = "afterword.asgi:application"
BACKLOG = 2048
# Connections per process before it stops accepting, of which most may well be silent; and the
# files that it needs beside them.
CONNECTIONS = 8192
OTHER_FILES = 256
SECONDS_TO_FINISH = 25


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Serve until SIGINT or SIGTERM; requests in hand are finished first."""
    set_up_logging()
    refuse_taken(configuration.bind)
    logger.info("Listening on %s", configuration.bind)
    if configuration.web_processes > 1:
        return serve_in_several(configuration)
    import uvloop

    return uvloop.run(serve_here(configuration))


def options(configuration: Configuration) -> dict[str, Any]:
    """Return how Granian serves, in one process or in several."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return {
        "address": resolve(configuration.bind)[4][0],
        "port": configuration.bind.port,
        "interface": Interfaces.ASGI,
        "http": HTTPModes.http1,
        "websockets": False,
        "backlog": BACKLOG,
        "backpressure": room_for_connections(),
        # Also how long a connection may be idle between two requests. In milliseconds.
        "http1_settings": HTTP1Settings(header_read_timeout=configuration.request_seconds * 1000),
        "log_level": LogLevels.error,
        "log_dictconfig": logging_settings(),
    }


def room_for_connections() -> int:
    """Return how many connections to hold, having asked the system for as many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft == resource.RLIM_INFINITY else min(CONNECTIONS, soft - OTHER_FILES)


async def serve_here(configuration: Configuration) -> int:
    """Serve in this process, which saves the memory of a second one that only watches."""
    from granian.server.embed import Server

    server = Server(load(), **options(configuration))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()
    return 1 if server.interrupt_children else 0


def serve_in_several(configuration: Configuration) -> int:
    """Serve in processes that share the port; one that dies is replaced."""
    from granian import Granian
    from granian.constants import Loops

    Granian(
        target=TARGET,
        workers=configuration.web_processes,
        loop=Loops.uvloop,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
        **options(configuration),
    ).serve(target_loader=load_alone, wrap_loader=False)
    return 0


def load_alone() -> Any:
    """Return the application in a process of Granian's, which must not outlive the first."""
    die_with_parent()
    return load()


def load() -> Any:
    from afterword.asgi import application

    return application
