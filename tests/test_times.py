"""A stage's tests are quick, or say that they are not."""

from textwrap import dedent

import pytest

pytest_plugins = ["pytester"]
BUSY = """
    import time

    import pytest

    {mark}
    def test_busy():
        ends = time.process_time() + 2.1
        while time.process_time() < ends:
            pass

    def test_waiting():
        time.sleep(1.2)
"""


@pytest.mark.parametrize(
    ("place", "mark", "failed"),
    [("src", "", 1), ("src", "@pytest.mark.slow", 0), ("tests", "", 0)],
)
def test_what_keeps_the_processor_fails(
    pytester: pytest.Pytester, place: str, mark: str, failed: int
):
    pytester.makeini("[pytest]\nmarkers = slow")
    folder = pytester.mkdir(place)
    (folder / "test_it.py").write_text(dedent(BUSY.format(mark=mark)))

    result = pytester.runpytest("-p", "tests.times", "-p", "no:django", "-p", "no:randomly")

    result.assert_outcomes(passed=2 - failed, failed=failed)
