"""Which way to hand mail over a server's address names."""

from afterword.mail.servers.address import MailServer, SmtpServer
from afterword.mail.ways.kept_mailbox import KeptMailbox
from afterword.mail.ways.provider_transport import ProviderTransport
from afterword.mail.ways.smtp import Smtp
from afterword.mail.ways.way import InThread, Transport


def open_transport(server: MailServer | None, in_thread: InThread) -> Transport:
    """Return a connection that is made when it is first needed; None is the local mailbox.

    `in_thread` runs what touches the database.
    """
    if server is None:
        return KeptMailbox(in_thread)
    if isinstance(server, SmtpServer):
        return Smtp(server)
    return ProviderTransport(server)
