from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module

import pytest

from afterword.cli import COMMANDS
from afterword.configuration import configuration

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(db: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of the table with its words: return status, output and error output."""

    def run_command(name: str, *words: object) -> tuple[int, str, str]:
        module = import_module(COMMANDS[name].module)
        parser = ArgumentParser()
        module.add_arguments(parser)
        try:
            status = module.run(parser.parse_args([str(word) for word in words]), configuration())
        except SystemExit as exit_:
            status = exit_.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return run_command
