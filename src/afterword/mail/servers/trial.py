"""Tries a mail server out: reaches it, encrypts and signs in as for a mail, and sends none."""

import asyncio

from afterword.mail.servers.address import MailServer, SmtpServer
from afterword.mail.ways.provider_transport import ProviderTransport
from afterword.mail.ways.smtp import Smtp
from afterword.mail.ways.way import Transport

_ENCRYPTED = {
    "starttls": "encrypted after STARTTLS",
    "tls": "encrypted from the start",
    "none": "not encrypted",
}


def try_out(server: MailServer) -> str:
    """Return what was found to work, in words for a page; raises NotSent."""
    if isinstance(server, SmtpServer):
        asyncio.run(_connect(Smtp(server)))
        sign_in = "the sign-in was accepted" if server.user else "no sign-in is asked for"
        return f"{server.name} answers, {_ENCRYPTED[server.tls]}; {sign_in}."
    asyncio.run(_connect(ProviderTransport(server)))
    return f"{server.name} can be reached. Whether the key is right shows with the first mail."


async def _connect(transport: Transport) -> None:
    try:
        await transport.connect()
    finally:
        await transport.withdraw()
