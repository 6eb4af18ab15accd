"""`afterword worker`: Procrastinate on the jobs of every stage."""

import argparse
import asyncio
import logging
import signal

from afterword.configuration import Configuration
from afterword.running.logs import set_up_logging
from afterword.running.programs import own_program, worker_names
from afterword.running.supervisor import Stopped, Supervisor

logger = logging.getLogger("afterword.worker")
JOBS_AT_ONCE = 4
SECONDS_TO_FINISH = 25


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Work in this process or, where several are wished for, keep that many running."""
    set_up_logging()
    if arguments.supervised or configuration.worker_processes == 1:
        return asyncio.run(work())
    supervisor = Supervisor()
    workers = [
        supervisor.keep(own_program(name, "worker", "--supervised"))
        for name in worker_names(configuration.worker_processes)
    ]
    try:
        supervisor.forever()
    except Stopped:
        supervisor.stop(workers, SECONDS_TO_FINISH + 5)
    return 0


async def work() -> int:
    """Work on jobs until told to stop; returns 1 if it ended without being told.

    That is the case when the database is gone: who started the worker starts it again.
    """
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.exceptions import ConnectorException
    from procrastinate.psycopg_connector import PsycopgConnector

    from afterword.followups.engine.lanes import close_lanes
    from afterword.sending.loop import close_sender_loop

    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=JOBS_AT_ONCE)
    told = asyncio.Event()
    try:
        with app.replace_connector(connector) as working:
            async with working.open_async():
                task = asyncio.create_task(
                    working.run_worker_async(
                        concurrency=JOBS_AT_ONCE,
                        delete_jobs="successful",
                        shutdown_graceful_timeout=SECONDS_TO_FINISH,
                        install_signal_handlers=False,
                    )
                )
                stop_when_told(task, told)
                await task
    except asyncio.CancelledError:
        return 0
    except ConnectorException as error:
        logger.error("The database is gone: %s", error.__cause__ or error)
        return 1
    finally:
        await asyncio.gather(asyncio.to_thread(close_sender_loop), asyncio.to_thread(close_lanes))
    return 0 if told.is_set() else 1


def stop_when_told(task: "asyncio.Task[None]", told: asyncio.Event) -> None:
    """On SIGINT and SIGTERM take no further job, finish those in hand and end the task."""

    from afterword.followups.engine.lanes import close_lanes
    from afterword.sending.loop import close_sender_loop

    loop = asyncio.get_running_loop()

    def stop() -> None:
        told.set()
        task.cancel()
        loop.run_in_executor(None, close_sender_loop)
        loop.run_in_executor(None, close_lanes)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
