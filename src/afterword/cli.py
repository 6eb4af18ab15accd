"""The command `afterword`: one table of commands, each loaded only when it runs."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module

from afterword.configuration import Configuration, SettingError, read_configuration
from afterword.running.errors import CannotRun
from afterword.running.parenthood import watch_parent


class Database(Enum):
    """What a command needs of the database before it runs."""

    NONE = auto()
    RUNNING = auto()  # the one given or the embedded one of a running `afterword up`
    STARTED = auto()  # the same, or the embedded one started for as long as the command runs


@dataclass(frozen=True)
class Command:
    """A module with `run(arguments, configuration) -> int` and, where it takes arguments,
    `add_arguments(parser)`; commands without help are the program's own. `failed` is the status
    to end with where settings or the database cannot be used, if it is not the usual one. What
    `makes_tables` does not ask for them first.
    """

    module: str
    help: str
    database: Database = Database.STARTED
    django: bool = True
    failed: int | None = None
    makes_tables: bool = False


COMMANDS = {
    "up": Command("afterword.running.up", "run everything", Database.NONE, django=False),
    "web": Command("afterword.running.web", "run the web", Database.RUNNING, django=False),
    "worker": Command("afterword.running.worker", "run the workers", Database.RUNNING),
    "migrate": Command(
        "afterword.running.migrate", "update the tables", Database.RUNNING, makes_tables=True
    ),
    "prepare": Command("afterword.running.prepare", "", Database.RUNNING, makes_tables=True),
    "apply": Command("afterword.commands.apply", "make the workspace in a file so"),
    "plan": Command("afterword.commands.plan", "show what apply would change", failed=1),
    "export": Command("afterword.commands.export", "write a workspace as a file"),
    "import": Command("afterword.commands.import_customers", "take in customers from a CSV file"),
    "token create": Command("afterword.commands.token_create", "make an API token"),
    "member add": Command("afterword.commands.member_add", "add somebody to a workspace"),
    "member invite": Command("afterword.commands.member_invite", "invite somebody by e-mail"),
    "member role": Command("afterword.commands.member_role", "give a member another role"),
    "member list": Command("afterword.commands.member_list", "show who is in a workspace"),
    "member remove": Command(
        "afterword.commands.member_remove", "take somebody out of a workspace"
    ),
    "erase": Command("afterword.commands.erase", "remove every trace of a person"),
    "export person": Command("afterword.commands.export_person", "write what is kept of a person"),
    "bounce": Command(
        "afterword.commands.bounce",
        "take in a delivery report",
        Database.RUNNING,
        failed=os.EX_TEMPFAIL,
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.settings")
    name = command_in(words)
    if name is None:
        return explain(words)
    try:
        return execute(name, words[len(name.split()) :])
    except SettingError as error:
        return refuse(str(error), COMMANDS[name].failed or 2)
    except CannotRun as error:
        return refuse(f"afterword: {error}", COMMANDS[name].failed or 1)


def command_in(words: Sequence[str]) -> str | None:
    """Return the command that the words begin with, such as `token create`."""
    names = (name for name in COMMANDS if list(words[: len(name.split())]) == name.split())
    return max(names, key=len, default=None)


def explain(words: Sequence[str]) -> int:
    """Answer the calls that name no command."""
    if list(words) == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(version("afterword") + "\n")
        return 0
    listed = [f"  {name:<20} {each.help}\n" for name, each in COMMANDS.items() if each.help]
    text = "Usage: afterword COMMAND [--help]\n\n" + "".join(listed)
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(text)
        return 0
    return refuse(f"afterword: there is no command {words[0]!r}.\n\n{text}", 2)


def execute(name: str, words: Sequence[str]) -> int:
    """Read the settings, give the command the database that it needs, and run it."""
    command = COMMANDS[name]
    module = import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"afterword {name}", description=command.help or None)
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    if hasattr(module, "add_arguments"):
        module.add_arguments(parser)
    arguments = parser.parse_args(words)
    configuration = read_configuration(os.environ)
    if arguments.supervised:
        watch_parent()
    with database_for(command, configuration, checked=arguments.supervised):
        if command.django:
            set_up_django()
        status: int = module.run(arguments, configuration)
        return status


@contextmanager
def database_for(command: Command, configuration: Configuration, checked: bool) -> Iterator[None]:
    """Tell the rest of this process and its children where the database is.

    `checked` says that whoever started this process has checked it.
    """
    if command.database is Database.NONE:
        yield
        return
    from afterword.running import postgres

    started = command.database is Database.STARTED
    with postgres.database(configuration, start=started) as url:
        if not checked:
            from afterword.running.database_check import check_database

            check_database(url, with_tables=not command.makes_tables)
        if configuration.database_url is None:
            os.environ["AFTERWORD_DATABASE_URL"] = url
            os.environ.pop("AFTERWORD_DATABASE_URL_FILE", None)
        yield


def set_up_django() -> None:
    import django

    django.setup()


def refuse(text: str, status: int) -> int:
    sys.stderr.write(text + "\n")
    return status
