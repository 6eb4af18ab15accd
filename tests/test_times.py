"""A stage's tests are quick, or say that they are not."""

from textwrap import dedent

import pytest

from tests import times

pytest_plugins = ["pytester"]
BUSY = """
    import time

    import pytest

    {mark}
    def test_busy():
        ends = time.process_time() + 0.21
        while time.process_time() < ends:
            pass

    def test_waiting():
        time.sleep(0.12)
"""


@pytest.mark.parametrize(
    ("place", "mark", "failed"),
    [("src", "", 1), ("src", "@pytest.mark.slow", 0), ("tests", "", 0)],
)
def test_what_keeps_the_processor_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, place: str, mark: str, failed: int
):
    monkeypatch.setattr(times, "MOST", 0.1)  # a tenth of what it is, so that this one is quick
    pytester.makeini("[pytest]\nmarkers = slow")
    folder = pytester.mkdir(place)
    (folder / "test_it.py").write_text(dedent(BUSY.format(mark=mark)))

    result = pytester.runpytest("-p", "tests.times", "-p", "no:django", "-p", "no:randomly")

    result.assert_outcomes(passed=2 - failed, failed=failed)
