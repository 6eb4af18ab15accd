"""A shop that the clients send their events for."""

from itertools import count

import pytest

from tests.running_afterword import RunningAfterword, Workspace, a_campaign

_numbers = count(1)


@pytest.fixture(scope="session")
def shop(afterword: RunningAfterword) -> Workspace:
    return afterword.workspace(
        "Shop",
        a_campaign("after-an-order", "Order Completed"),
        a_campaign("never-drawn", "Product Viewed", sample_percent=0),
        properties=[{"name": "subscription_name", "type": "text"}],
    )


@pytest.fixture
def address() -> str:
    """An address that no other test writes to."""
    return f"shopper{next(_numbers)}@example.com"
