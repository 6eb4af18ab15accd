"""What is wrong with a workspace's file, gathered until it can be told at once. Pure."""

from dataclasses import dataclass


class FileRefused(Exception):
    """A file of which nothing was applied; the text names each problem's line and field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    line: int
    path: str
    text: str


class Problems:
    """The problems of one file."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self._found: set[Problem] = set()

    def add(self, line: int, path: str, text: str) -> None:
        self._found.add(Problem(line, path, text))

    def refuse_if_any(self) -> None:
        """Raise FileRefused if there are problems, in the order of the file's lines."""
        if self._found:
            raise FileRefused([self._sentence(each) for each in sorted(self._found)])

    def _sentence(self, problem: Problem) -> str:
        path = f"{problem.path}: " if problem.path else ""
        return f"{self.file_name}:{problem.line}: {path}{problem.text}"
