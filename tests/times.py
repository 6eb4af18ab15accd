"""A pytest plugin: how long tests may take."""

import gc
import os
import time
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

MOST = 1.0  # seconds for a stage's test
# Looking for cycles in all that a test process has loaded took a tenth of its time.
gc.set_threshold(50_000, 20, 20)
# How long drawing takes says how busy the machine is.
settings.register_profile("usual", max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("usual")
# `make prove` draws more often, and waits longer for it.
settings.register_profile(
    "long", max_examples=1_000, deadline=None, suppress_health_check=[*HealthCheck]
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a stage's test that is not quick, unless it is marked `slow` or draws its examples.

    It is the processor's time that counts, not the clock's. On a busy machine that, too, is longer:
    then twice as much is allowed at most.
    """
    began = time.process_time()
    result = yield
    took = time.process_time() - began
    if took > MOST * crowd() and has_to_be_quick(item):
        pytest.fail(f"{took:.1f} s of the processor: make it quicker, or mark it `slow`", False)
    return result


def crowd() -> float:
    """Return how many want each processor: from 1 to 2."""
    return min(max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0), 2.0)


def has_to_be_quick(item: pytest.Item) -> bool:
    return item.nodeid.startswith("src/") and not any(
        item.get_closest_marker(mark) for mark in ("slow", "prove", "hypothesis")
    )
