"""`afterword up`: PostgreSQL, migrations, web and worker in one process tree."""

import argparse
import logging
import os
import sys
from contextlib import suppress

from afterword.configuration import Configuration
from afterword.running.addresses import is_live, refuse_taken
from afterword.running.errors import CannotRun
from afterword.running.lock import only_one
from afterword.running.logs import set_up_logging_as
from afterword.running.postgres import FAST_SHUTDOWN, SECONDS_TO_STOP, Postgres, embedded
from afterword.running.programs import Child, Program, own_program, worker_names
from afterword.running.supervisor import Stopped, Supervisor

logger = logging.getLogger("afterword.up")
SECONDS_TO_FINISH = 30


def run(arguments: argparse.Namespace, configuration: Configuration) -> int:
    """Run until SIGINT or SIGTERM; raises CannotRun if it cannot start."""
    set_up_logging_as("up")
    with only_one(configuration.data):
        refuse_taken(configuration.bind)
        _ = configuration.secret_key  # made before the children, who all need the same
        return Tree(configuration).run()


class Tree:
    """The programs of one installation, in the order in which they need each other."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.supervisor = Supervisor()
        self.postgres: Postgres | None = None
        self.database: Child | None = None
        self.serving: list[Child] = []
        self.first_steps: list[str] = []

    def run(self) -> int:
        try:
            self.start_database()
            self.prepare()
            self.serve()
            self.supervisor.until(lambda: is_live(self.configuration.bind.reachable))
            self.greet()
            self.supervisor.forever()
        except Stopped:
            logger.info("Stopping")
        finally:
            self.stop()
        return 0

    def start_database(self) -> None:
        """Start the embedded PostgreSQL, unless a database is given, and wait for it."""
        if self.configuration.database_url is not None:
            return
        postgres = self.postgres = embedded(self.configuration.data)
        self.database = self.supervisor.keep(
            Program(
                "postgres",
                postgres.command,
                postgres.environment,
                account=postgres.account,
                stop_signal=FAST_SHUTDOWN,
                death_signal=FAST_SHUTDOWN,
                may_start=postgres.is_free,
                kills_group=False,
            )
        )
        self.supervisor.until(self.database_is_ready)

    def database_is_ready(self) -> bool:
        return self.postgres is None or self.postgres.is_ready()

    def prepare(self) -> None:
        said = self.first_steps.append
        prepare = own_program("prepare", "prepare", environment=self.environment(), said=said)
        if self.supervisor.run_once(prepare) != 0:
            raise CannotRun("The database could not be prepared: see above.")

    def serve(self) -> None:
        commands = {"web": "web"}
        commands |= dict.fromkeys(worker_names(self.configuration.worker_processes), "worker")
        for name, command in commands.items():
            program = own_program(
                name,
                command,
                "--supervised",
                environment=self.environment(),
                may_start=self.database_is_ready,
            )
            self.serving.append(self.supervisor.keep(program))

    def greet(self) -> None:
        lines = [f"Afterword is ready: {self.configuration.url}", *self.first_steps]
        with suppress(BrokenPipeError):
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()

    def stop(self) -> None:
        self.supervisor.stop(self.serving, SECONDS_TO_FINISH)
        if self.database is not None:
            self.supervisor.stop([self.database], SECONDS_TO_STOP)

    def environment(self) -> dict[str, str]:
        given = dict(os.environ)
        if self.postgres is not None:
            given["AFTERWORD_DATABASE_URL"] = self.postgres.url
            given.pop("AFTERWORD_DATABASE_URL_FILE", None)
        return given
