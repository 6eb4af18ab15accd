"""Which server a workspace's mail goes to: its own, or the installation's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from afterword.core.sealed import Unreadable, seal, unseal
from afterword.mail.models import MailServer as StoredServer
from afterword.mail.servers.address import MailServer, parse_mail_url
from afterword.workspaces.models import Workspace

# None is the local mailbox, which only an installation can have.
Server = MailServer | None


@dataclass(frozen=True)
class Broken:
    """A workspace's own server that cannot be used; nothing goes another way meanwhile."""

    words: str


def default_server() -> Server:
    """Return the installation's: AFTERWORD_MAIL_URL."""
    found: Server = settings.CONFIGURATION.mail
    return found


def own_servers() -> dict[UUID, MailServer | Broken]:
    """Return all workspaces' own servers, in one query."""
    stored = StoredServer.objects.values_list("workspace_id", "sealed_url")
    return {workspace_id: _opened(sealed) for workspace_id, sealed in stored}


class Servers(NamedTuple):
    """Where mail goes: by a workspace's own server if it has one; what is nobody's, by ours."""

    default: Server
    own: Mapping[UUID, Server | Broken]

    def of(self, workspace_id: UUID | None) -> Server | Broken:
        return self.own.get(workspace_id, self.default) if workspace_id else self.default


def servers() -> Servers:
    """Return all of them, in one query."""
    return Servers(default_server(), own_servers())


def server_of(workspace_id: UUID) -> Server | Broken:
    """Return where a workspace's mail goes now."""
    stored = StoredServer.objects.filter(workspace_id=workspace_id).first()
    return _opened(stored.sealed_url) if stored else default_server()


def parse_own(text: str) -> MailServer:
    """Return the server that a workspace may use by itself; raises ValueError, safe to show.

    The workspace's people are not the operator: it is guarded.
    """
    server = parse_mail_url(text)
    if server is None:
        raise ValueError("a workspace cannot have a mailbox of its own: give a mail server.")
    return replace(server, guarded=True)


def set_own(workspace: Workspace, text: str) -> None:
    """Send the workspace's mail by the server at this address from now on."""
    StoredServer.objects.update_or_create(workspace=workspace, defaults={"sealed_url": seal(text)})


def _opened(sealed: str) -> MailServer | Broken:
    try:
        return parse_own(unseal(sealed))
    except Unreadable as problem:
        return Broken(str(problem))
    except ValueError as problem:
        return Broken(f"The workspace's mail server cannot be used: {problem}")
