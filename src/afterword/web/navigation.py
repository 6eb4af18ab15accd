"""What the shell's navigation offers, and which of it is the page at hand. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    address: str
    icon: str
    is_current: bool


_PAGES = [
    ("Dashboard", "/", "icons/gauge.svg"),
    ("Campaigns", "/campaigns", "icons/speakerphone.svg"),
    ("Feedback", "/feedback", "icons/message.svg"),
    ("Follow-ups", "/follow-ups", "icons/arrow-right.svg"),
    ("Customers", "/customers", "icons/users.svg"),
    ("Events", "/events", "icons/bolt.svg"),
    ("Queue", "/queue", "icons/clock.svg"),
    ("Outbox", "/outbox", "icons/send.svg"),
    ("Templates", "/templates", "icons/template.svg"),
]
_MAILBOX = ("Mailbox", "/mailbox", "icons/mail.svg")
_HOOKS = ("Inbound webhooks", "/settings/inbound-webhooks", "icons/bolt.svg")
_MEMBERS = ("Members", "/settings/members", "icons/users.svg")
_SETTINGS = [
    ("API tokens", "/settings/tokens", "icons/key.svg"),
    ("At risk", "/settings/at-risk", "icons/alert-triangle.svg"),
    ("Brand", "/settings/brand", "icons/photo.svg"),
    ("Close the loop", "/settings/close-the-loop", "icons/circle-check.svg"),
    _HOOKS,
    _MEMBERS,
    ("Mail server", "/settings/mail-server", "icons/server.svg"),
    ("Our own people", "/settings/own-people", "icons/users.svg"),
    ("Props & Tags", "/settings/properties", "icons/tags.svg"),
    ("Sender domains", "/settings/sender-domains", "icons/world.svg"),
    ("Workspace", "/settings/workspace", "icons/building.svg"),
    ("Workspace file", "/settings/file", "icons/download.svg"),
]


def pages(path: str, *, with_mailbox: bool) -> list[Item]:
    return _items([*_PAGES, _MAILBOX] if with_mailbox else _PAGES, path)


def settings_pages(path: str, *, may_change: bool, may_administer: bool) -> list[Item]:
    if may_administer:
        return _items(_SETTINGS, path)
    return _items([_HOOKS, _MEMBERS] if may_change else [_MEMBERS], path)


def _items(entries: list[tuple[str, str, str]], path: str) -> list[Item]:
    return [Item(name, address, icon, _is_at(address, path)) for name, address, icon in entries]


def _is_at(address: str, path: str) -> bool:
    return path == address or (address != "/" and path.startswith(f"{address}/"))
