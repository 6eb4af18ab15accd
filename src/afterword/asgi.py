"""The door: events go to the ingest fast path, everything else to Django, both in time."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.settings")
django_application: Any = get_asgi_application()

from afterword.configuration import configuration  # noqa: E402  (needs Django set up)
from afterword.events import asgi as events  # noqa: E402
from afterword.web.deadline import Deadline  # noqa: E402
from afterword.web.signed_in import is_signed_in  # noqa: E402

# A file of 100 MB takes its time over a slow line; everything else is small.
UPLOADS = {"/customers/import"}
UPLOAD_SECONDS = 15 * 60
MIB = 1024 * 1024
_take_events = Deadline(events.app, configuration().request_seconds)  # it looks at sizes itself
_answer = Deadline(django_application, configuration().request_seconds, 6 * MIB)
_take_file = Deadline(django_application, UPLOAD_SECONDS, 105 * MIB)


def door(method: str, path: str) -> Deadline:
    """Return what answers such a request, with its limits."""
    if path.startswith(("/v1/", "/segment/destination")):
        return _take_events
    return _take_file if method == "POST" and path in UPLOADS else _answer


async def opened(scope: Any) -> Deadline:
    """Return the door of a request. All of a body is kept on disk before Django asks whose it is:
    much is taken only from somebody who has signed in.
    """
    wanted = door(scope["method"], scope["path"])
    if wanted is _take_file and not await is_signed_in(scope["headers"]):
        return _answer
    return wanted


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        answer = await opened(scope)
        await answer(scope, receive, send)
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
