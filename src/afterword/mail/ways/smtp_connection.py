"""Opens a connection to an SMTP server: reach it, encrypt, sign in."""

import asyncio
import os
import socket
import ssl
from functools import cache
from typing import cast

import aiosmtplib
from django.conf import settings

from afterword.core import egress
from afterword.mail.servers.address import SmtpServer
from afterword.mail.ways.dialogue import Dialogue
from afterword.mail.ways.way import Fault, NotSent


async def connected(server: SmtpServer, seconds: float) -> Dialogue:
    """Return the dialogue of a new connection; raises NotSent within `seconds`."""
    client: aiosmtplib.SMTP | None = None
    try:
        async with asyncio.timeout(seconds):
            client = await _client(server, seconds)
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            return Dialogue(cast(asyncio.Transport, client.transport), client.esmtp_extensions)
    except TimeoutError:
        _close(client)
        words = f"{server.name} does not answer within {seconds:g} s."
        raise NotSent(Fault.SERVER, words) from None
    except (OSError, aiosmtplib.SMTPException) as error:
        _close(client)
        raise NotSent(Fault.SERVER, _words(server, error), _code(error)) from error


def _close(client: aiosmtplib.SMTP | None) -> None:
    if client is not None:
        client.close()


async def _client(server: SmtpServer, seconds: float) -> aiosmtplib.SMTP:
    guarded = None
    if server.guarded:
        guarded = await egress.connect_async(
            server.host, server.port, settings.CONFIGURATION.egress_allow
        )
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=None if guarded else server.port,
        sock=guarded,
        username=server.user or None,
        password=server.password or None,
        use_tls=server.tls == "tls",
        start_tls=server.tls == "starttls",
        tls_context=None if server.tls == "none" else tls_context(),
        local_hostname=await asyncio.to_thread(_own_name),
        timeout=seconds,
    )


@cache
def tls_context() -> ssl.SSLContext:
    """One for all: to load the system's authorities takes longer than to connect."""
    return ssl.create_default_context()


@cache
def _own_name() -> str:
    return socket.getfqdn()


def _code(error: Exception) -> int | None:
    """Return the code of an answer; what was no answer of SMTP has -1 for the library."""
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 200:
        return error.code
    return None


def _words(server: SmtpServer, error: Exception) -> str:
    """Say what failed and how to mend it; of a server's answer, the answer."""
    causes = (error, error.__cause__)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"The certificate of {server.host} is refused: {cause.verify_message}. Nothing was "
                "sent. Use the name that the certificate has as the host, or have it renewed; if "
                "your own authority issued it, name that authority's file in SSL_CERT_FILE."
            )
        if isinstance(cause, ssl.SSLError):
            return (
                f"{server.name} does not speak TLS as asked for (tls={server.tls}): {cause.reason}."
                " Ports 587 and 25 mostly want tls=starttls, port 465 tls=tls."
            )
        if isinstance(cause, socket.gaierror):
            return f"{server.host} is not found ({cause.strerror}). Is the host written rightly?"
    if isinstance(error, egress.EgressRefused):
        return str(error)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return f"The server refused the sign-in: {error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    if "STARTTLS" in str(error):
        return (
            f"{server.name} does not offer STARTTLS, so nothing was sent. Use tls=tls if the port "
            "speaks TLS from the start, or tls=none if the way to it is private."
        )
    number = next((n for cause in causes if (n := getattr(cause, "errno", None))), None)
    return f"{server.name} does not answer: {os.strerror(number) if number else error}"
