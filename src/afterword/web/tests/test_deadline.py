"""A request arrives in time, or not at all."""

import asyncio
from typing import Any

import pytest

from afterword.web import deadline
from afterword.web.deadline import CutOff, Deadline, TooSlow

WHOLE = {"type": "http.request", "body": b"", "more_body": False}
PIECE = {"type": "http.request", "body": b"a", "more_body": True}


async def read(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers once it has the whole body."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def status_of(application: Deadline, receive: Any) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await application({"type": "http"}, receive, send)
    status: int = sent[0]["status"]
    return status


async def never() -> Any:
    await asyncio.Event().wait()


async def at_once() -> Any:
    return WHOLE


async def drip() -> Any:
    await asyncio.sleep(0.01)
    return PIECE


@pytest.mark.parametrize("slow", [never, drip])
def test_a_slow_sender_is_told_so_and_others_are_answered(slow):
    async def play() -> list[int]:
        application = Deadline(read, seconds=0.3)
        return list(await asyncio.gather(*(status_of(application, r) for r in (slow, at_once))))

    assert asyncio.run(play()) == [408, 200]


def test_a_body_that_ends_before_its_end_is_a_400():
    messages: list[Any] = [PIECE, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    assert asyncio.run(status_of(Deadline(read, seconds=9), receive)) == 400


def test_more_than_is_taken_is_refused_as_it_comes():
    pieces: list[Any] = [PIECE] * 4 + [WHOLE]

    async def receive() -> Any:
        return pieces.pop(0)

    assert asyncio.run(status_of(Deadline(read, seconds=9, most_bytes=3), receive)) == 413
    assert pieces == [WHOLE], "the rest is not read"


def test_what_comes_after_the_body_has_no_deadline():
    asked: list[Any] = [WHOLE]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        await asyncio.sleep(0.6)
        return {"type": "http.disconnect"}

    async def listen_on(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"
        await send({"type": "http.response.start", "status": 200})

    assert asyncio.run(status_of(Deadline(listen_on, seconds=0.1), receive)) == 200


def test_in_a_crowd_there_is_less_patience(monkeypatch):
    monkeypatch.setattr(deadline, "CROWD", 2)
    monkeypatch.setattr(deadline, "SECONDS_IN_A_CROWD", 0.1)

    async def play() -> list[int]:
        application = Deadline(read, seconds=60)
        async with asyncio.timeout(20):
            return list(await asyncio.gather(*(status_of(application, never) for _ in range(3))))

    assert asyncio.run(play()) == [408] * 3


def test_an_application_may_answer_for_itself():
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        try:
            await receive()
        except (TooSlow, CutOff):
            await send({"type": "http.response.start", "status": 599})

    assert asyncio.run(status_of(Deadline(answer, seconds=0.1), never)) == 599


def test_a_task_that_is_cancelled_from_elsewhere_stays_cancelled():
    async def play() -> None:
        task = asyncio.create_task(status_of(Deadline(read, seconds=60), never))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(play())
