"""Work that several threads ask for at the same time, done as one: a group commit."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """Calls `do` with all the items that wait, on the thread of one of those who wait.

    While one group is being worked on, the next gathers. `do` returns a result for each item, in
    order; what it raises, each caller of its group gets.
    """

    def __init__(self, do: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._do = do
        self._gathering = threading.Lock()
        self._working = threading.Lock()
        self._waiting: list[tuple[Item, Future[Result]]] = []

    def __call__(self, item: Item) -> Result:
        future: Future[Result] = Future()
        with self._gathering:
            self._waiting.append((item, future))
        with self._working:
            if not future.done():  # else another thread's group had it
                self._work()
        return future.result()

    def _work(self) -> None:
        with self._gathering:
            group, self._waiting = self._waiting, []
        try:
            results = self._do([item for item, _ in group])
        except BaseException as error:
            for _, future in group:
                future.set_exception(error)
            raise
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)
