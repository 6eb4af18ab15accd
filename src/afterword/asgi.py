"""The door: events go to the ingest fast path, everything else to Django, both in time."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.settings")
django_application = get_asgi_application()

from afterword.configuration import configuration  # noqa: E402  (needs Django set up)
from afterword.events import asgi as events  # noqa: E402
from afterword.web.deadline import Deadline  # noqa: E402


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"].startswith(("/v1/", "/segment/destination")):
        await events.app(scope, receive, send)
    else:
        await django_application(scope, receive, send)


# A file of 100 MB takes its time over a slow line; everything else is small.
UPLOADS = {"/customers/import"}
UPLOAD_SECONDS = 15 * 60
_answer_in_time = Deadline(_answer, configuration().request_seconds)
_take_file_in_time = Deadline(_answer, UPLOAD_SECONDS)


def in_time(method: str, path: str) -> Deadline:
    """Return the application with the deadline that such a request has."""
    return _take_file_in_time if method == "POST" and path in UPLOADS else _answer_in_time


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await in_time(scope["method"], scope["path"])(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await events.startup()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await events.shutdown()
            await send({"type": "lifespan.shutdown.complete"})
            return
