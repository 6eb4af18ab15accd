"""One request to an address that a user chose: guarded, bounded, and never redirected."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from afterword.core.egress_http import Wire, was_not_sent
from afterword.core.text import clean_text
from afterword.followups.engine.patience import within

TIMEOUT = 15.0  # seconds, all in all
ANSWER_LIMIT = 64 * 1024  # bytes that are read
KEPT_LIMIT = 4_000  # characters that are kept


@dataclass(frozen=True, slots=True)
class Request:
    """`own_headers` are those a user set: their values are never kept or logged."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    own_headers: Mapping[str, str] = field(default_factory=dict)
    shown_url: str = ""  # where the address is a secret


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; without a status there was no answer, and `error` says why."""

    status: int | None
    text: str
    error: str
    milliseconds: int
    retry_after: str = ""
    code: str = ""  # a refusal that stands in the text; then `error` says it in words

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300 and not self.code

    @property
    def words(self) -> str:
        if self.status is None or self.code:
            return self.error
        return f"It answered {self.status}." + (f" {self.error}" if self.error else "")


class _Hook(Wire):
    """Reads no more of an answer than is kept; once there is a status, it counts."""

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        response = HTTPAdapter.send(self, request, *args, **(kwargs | {"stream": True}))
        body = b""
        with suppress(requests.RequestException, OSError):
            for piece in response.iter_content(4 * 1024):
                body += piece
                if len(body) >= ANSWER_LIMIT:
                    break
        response.close()
        response._content = body[:ANSWER_LIMIT]
        return response


class Line:
    """Brings requests to one receiver, one at a time; the connection stays open between them."""

    def __init__(self) -> None:
        self._wire = _Hook(settings.CONFIGURATION.egress_allow)

    def post(self, request: Request) -> Reply:
        """Send it; every failure is a reply."""
        began = time.monotonic()
        headers = {"User-Agent": "Afterword", **request.headers, **request.own_headers}
        try:
            made = requests.Request("POST", request.url, headers, data=request.body).prepare()
            with within(TIMEOUT, self._wire.abort):
                response = self._wire.send(made, timeout=TIMEOUT, verify=True)
        except (requests.RequestException, OSError, ValueError) as error:
            return Reply(None, "", _in_words(error, time.monotonic() - began), _since(began))
        text = clean_text(response.content.decode("utf-8", "replace"))
        note = "Redirects are not followed." if 300 <= response.status_code < 400 else ""
        return Reply(
            response.status_code,
            text,
            note,
            _since(began),
            response.headers.get("Retry-After", ""),
        )

    def close(self) -> None:
        self._wire.close()


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _in_words(error: Exception, seconds: float) -> str:
    if seconds >= TIMEOUT or isinstance(error, requests.Timeout):
        return f"There was no answer within {TIMEOUT:g} seconds."
    if reason := was_not_sent(error):
        return f"It cannot be reached: {reason.__cause__ or reason}"
    if isinstance(error, ValueError) and not isinstance(error, requests.RequestException):
        return f"The request cannot be made: {error}"
    return "The connection ended before an answer came."
