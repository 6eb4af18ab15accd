"""Mail handed over to a provider's HTTP API, which django-anymail speaks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from anymail.exceptions import (
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailMessage
from anymail.utils import EmailAddress
from django.conf import settings
from django.utils.module_loading import import_string

from afterword.core import signed_ids
from afterword.core.egress_http import Wire, was_not_sent
from afterword.mail.servers.address import ProviderAccount
from afterword.mail.ways.provider_answers import fault_of, was_taken_before, words_of
from afterword.mail.ways.providers import PROVIDERS
from afterword.mail.ways.way import Fault, Letter, NotSent

# The purpose of the signed id that a mail carries, so that reports about it find its row.
REPORT = "report"
NAME_LIMIT = 64
WORDS_LIMIT = 1000
T = TypeVar("T")


class ProviderTransport:
    """One HTTP session, with a thread of its own: anymail waits for answers."""

    CONNECT_TIMEOUT = 15.0  # seconds
    # Seconds for the whole of a request: each of its reads may take long, but not all together.
    TOTAL_TIMEOUT = 90.0

    def __init__(self, account: ProviderAccount) -> None:
        self._account = account
        self._provider = PROVIDERS[account.provider]
        self._backend: Any = None
        self._wire: Wire | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._offered: AnymailMessage | None = None

    @property
    def is_connected(self) -> bool:
        return self._backend is not None

    async def connect(self) -> None:
        """Make sure that the API's host can be reached; the key is first used for a mail."""
        if self._backend is not None:
            return
        allow = settings.CONFIGURATION.egress_allow if self._account.guarded else None
        self._wire = Wire(allow)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="provider")
        try:
            async with asyncio.timeout(2 * self.CONNECT_TIMEOUT):
                self._backend = await self._in_thread(self._open)
        except (OSError, TimeoutError) as error:
            await self.withdraw()
            words = str(error) or f"no answer within {2 * self.CONNECT_TIMEOUT:g} s"
            raise NotSent(
                Fault.SERVER, f"{self._provider.title} cannot be reached: {words}"
            ) from error

    async def offer(self, letter: Letter) -> None:
        """Nothing can be offered to an API: see only that the mail could be sent by it."""
        await self.connect()
        try:
            self._offered = self._message(letter)
            self._backend.build_message_payload(self._offered, {})
        except AnymailError as refusal:
            raise NotSent(Fault.MESSAGE, f"{self._provider.title}: {refusal}") from refusal

    async def hand_over(self, letter: Letter) -> str:
        assert self._offered is not None, "offer comes first"
        message, self._offered = self._offered, None
        if self._provider.idempotency:
            key = signed_ids.sign(REPORT, letter.mail_id)
            self._backend.session.headers[self._provider.idempotency] = key
        try:
            async with asyncio.timeout(self.TOTAL_TIMEOUT):
                await self._in_thread(lambda: self._backend.send_messages([message]))
        except TimeoutError:
            await self.withdraw()
            words = f"no answer within {self.TOTAL_TIMEOUT:g} s"
            raise self._not_sent(self._in_doubt, words) from None
        except AnymailError as error:
            return await self._sort(error)
        return self._taken(message)

    async def withdraw(self) -> None:
        if self._wire is not None:
            self._wire.abort()
        if self._backend is not None:
            self._backend.close()
        if self._wire is not None:
            self._wire.close()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
        self._backend = self._wire = self._thread = self._offered = None

    @property
    def _in_doubt(self) -> Fault:
        """A provider that takes a mail only once can be asked again."""
        return Fault.TEMPORARY if self._provider.idempotency else Fault.UNKNOWN

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> Any:
        """Return anymail's backend; raises OSError."""
        assert self._wire is not None
        backend = import_string(self._provider.backend)(
            **dict(self._account.settings),
            ignore_unsupported_features=True,
            requests_timeout=(self.CONNECT_TIMEOUT, self.TOTAL_TIMEOUT),
        )
        backend.open()
        self._wire.equip(backend.session)
        if self._account.guarded or not requests.utils.get_environ_proxies(backend.api_url):
            url = urlsplit(backend.api_url)
            port = url.port or (80 if url.scheme == "http" else 443)
            self._wire.opened(url.hostname or "", port, self.CONNECT_TIMEOUT).close()
        return backend

    def _message(self, letter: Letter) -> AnymailMessage:
        provider, mark = self._provider, signed_ids.sign(REPORT, letter.mail_id)
        message = AnymailMessage(
            subject=letter.subject,
            body=letter.text,
            from_email=_address(letter.from_name, letter.from_address or letter.sender),
            to=[_address(letter.to_name, letter.recipient)],
            headers=dict(letter.headers) if provider.has_headers else {},
            track_opens=False,
            track_clicks=False,
        )
        message.attach_alternative(letter.html, "text/html")
        if provider.has_metadata:
            message.metadata = {"mail": mark}
        else:
            message.tags = [mark]
        unsubscribe = letter.headers.get("List-Unsubscribe")
        if unsubscribe and not provider.has_headers:
            message.esp_extra = {"list_unsubscribe": unsubscribe.strip("<>")}
        return message

    async def _sort(self, error: AnymailError) -> str:
        """Return the answer to a mail that was taken before; raise NotSent for all others."""
        if isinstance(error, AnymailRecipientsRefused):
            raise self._not_sent(Fault.RECIPIENT, _words(error) or "the recipient is refused")
        response = getattr(error, "response", None)
        if response is None:
            await self.withdraw()
            raise self._unanswered(error)
        if was_taken_before(response.status_code, response.text):
            return f"{self._provider.title}: taken before"
        raise self._refused(response)

    def _unanswered(self, error: AnymailError) -> NotSent:
        if not isinstance(error, AnymailRequestsAPIError):
            return self._not_sent(Fault.MESSAGE, str(error))
        cause = error.__cause__
        if reason := was_not_sent(cause):
            return self._not_sent(Fault.SERVER, str(reason.__cause__ or reason))
        if isinstance(cause, requests.ConnectTimeout | requests.TooManyRedirects):
            return self._not_sent(Fault.SERVER, str(cause))
        return self._not_sent(self._in_doubt, f"no answer to the mail: {cause}")

    def _refused(self, response: requests.Response) -> NotSent:
        fault, code = fault_of(
            response.status_code, response.text, is_idempotent=bool(self._provider.idempotency)
        )
        return self._not_sent(fault, f"{response.status_code} {words_of(response.text)}", code)

    def _taken(self, message: AnymailMessage) -> str:
        """Return what became of a mail that no exception was raised for; raises NotSent."""
        status = message.anymail_status
        response = status.esp_response
        if response is not None and response.status_code >= 400:  # Mailjet, Postmark
            raise self._refused(response)
        if status.status and status.status <= {"failed"}:
            words = words_of(response.text) if response is not None else ""
            raise self._not_sent(Fault.TEMPORARY, words or "it failed")
        words = " ".join(sorted(status.status or ()))
        return f"{self._provider.title}: {words} {status.message_id or ''}".strip()[:WORDS_LIMIT]

    def _not_sent(self, fault: Fault, words: str, code: int | None = None) -> NotSent:
        text = f"{self._provider.title}: {words}".replace("\x00", "")
        return NotSent(fault, text[:WORDS_LIMIT], code)


def _address(name: str, address: str) -> str:
    shown = " ".join(name.split())[:NAME_LIMIT].rstrip()
    return str(EmailAddress(display_name=shown, addr_spec=address)) if shown else address


def _words(error: AnymailError) -> str:
    response = getattr(error, "response", None)
    return f"{response.status_code} {words_of(response.text)}" if response is not None else ""
