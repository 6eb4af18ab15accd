"""The jobs: each only wakes a verb up. What there is to do stands in rows."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app

from afterword import flow, joining  # noqa: F401  (whoever sends knows the kinds of mail)
from afterword.core.jobs import wake
from afterword.followups.engine.lanes import lanes
from afterword.followups.engine.turn import take_turn
from afterword.long_work import turn as long_work_turn
from afterword.sending.loop import sender_loop

P = ParamSpec("P")


def job(name: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a job of a function, with database connections that are known to be alive."""

    def register(work: Callable[P, None]) -> Callable[P, None]:
        @app.task(name=name)
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            close_old_connections()
            try:
                work(*args, **kwargs)
            finally:
                close_old_connections()

        return work

    return register


@job("take_up")
def take_up(workspace_id: str) -> None:
    if not flow.drain_inbox(UUID(workspace_id), sender_loop().wake):
        wake("take_up", workspace_id=workspace_id)


@job("send_due")
def send_due() -> None:
    sender_loop().wake()


@job("follow_up")
def follow_up() -> None:
    if not take_turn(lanes().wake):
        wake("follow_up")


@job("long_work")
def long_work() -> None:
    if long_work_turn.take_turn():
        wake("long_work")


@job("deliver")
def deliver() -> None:
    lanes().wake()
