import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from afterword.core.together import Together


def test_calls_of_many_threads_are_answered_each_with_its_own():
    groups = []

    def double(items):
        groups.append(len(items))
        return [2 * item for item in items]

    together = Together(double)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(together, range(500))) == [2 * n for n in range(500)]
    assert sum(groups) == 500


def test_what_gathers_while_one_group_is_worked_on_is_the_next_group():
    first_has_begun, first_may_end = threading.Event(), threading.Event()
    groups = []

    def work(items):
        groups.append(sorted(items))
        first_has_begun.set()
        first_may_end.wait(5)
        return items

    together = Together(work)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(together, 0)
        first_has_begun.wait(5)
        others = [pool.submit(together, n) for n in range(1, 5)]
        while len(together._waiting) < 4:
            pass
        first_may_end.set()
        assert [future.result(5) for future in (first, *others)] == [0, 1, 2, 3, 4]
    assert groups == [[0], [1, 2, 3, 4]]


def test_what_goes_wrong_with_a_group_is_told_to_each_and_the_next_works():
    answers = iter([ValueError("no"), None])

    def work(items):
        if error := next(answers):
            raise error
        return items

    together = Together(work)
    with pytest.raises(ValueError, match="no"):
        together(1)
    assert together(2) == 2
