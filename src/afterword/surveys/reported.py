"""What was reported of an invitation's mail after the hand-over, as steps of its story."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from afterword.sending.models import DeliveryEvent, DeliveryKind, State
from afterword.surveys.models import Invitation
from afterword.surveys.outbox.step import Step


@dataclass(frozen=True, slots=True)
class _Report:
    name: str
    icon: str
    column: str = ""


_REPORTS = {
    DeliveryKind.DELAYED: _Report("Put off by a mail server", "clock"),
    DeliveryKind.DELIVERED: _Report("Delivered", "mail", "delivered_at"),
    DeliveryKind.OPENED: _Report("Opened by a person", "mail-opened", "opened_at"),
    DeliveryKind.MACHINE_OPENED: _Report("Opened by a machine", "mail-opened", "machine_opened_at"),
    DeliveryKind.CLICKED: _Report("Link followed", "external-link", "clicked_at"),
    DeliveryKind.SOFT_BOUNCED: _Report("Soft-bounced", "alert-triangle"),
    DeliveryKind.HARD_BOUNCED: _Report("Hard-bounced", "alert-triangle"),
    DeliveryKind.COMPLAINED: _Report("Complained", "alert-circle", "complained_at"),
    DeliveryKind.UNSUBSCRIBED: _Report("Unsubscribed", "circle-off", "unsubscribed_at"),
}
_OF_MAIL = {"delivered_at", "complained_at"}
_SOURCES = {
    "smtp": "said by the mail server",
    "report": "by a delivery report",
    "webhook": "reported by the mail provider",
    "pixel": "seen by the picture in the mail",
    "link": "by a link in the mail",
}


def reported(invitation: Invitation, reports: Collection[DeliveryEvent]) -> Iterator[Step]:
    """Tell the reports, and what the columns of the invitation and its mail say beyond them."""
    mail = invitation.mail
    told = set()
    for report in reports:
        kind = DeliveryKind(report.kind)
        told.add(kind)
        yield _report_step(kind, report.at, report.source, report.words)
    for kind, said in _REPORTS.items():
        row = mail if said.column in _OF_MAIL else invitation
        if said.column and kind not in told and (at := getattr(row, said.column, None)):
            yield _report_step(kind, at, "", "")
    bounces = {DeliveryKind.SOFT_BOUNCED, DeliveryKind.HARD_BOUNCED}
    if mail and not told & bounces and (mail.bounced_at or mail.state == State.BOUNCED):
        how = f"{mail.get_bounce_display()}-bounced" if mail.bounce else "Bounced"
        yield Step(mail.bounced_at, how, "alert-triangle", words=mail.server_reply)


def _report_step(kind: DeliveryKind, at: datetime, source: str, words: str) -> Step:
    is_machine = kind is DeliveryKind.MACHINE_OPENED
    text = _SOURCES.get(source, source)
    if is_machine:
        text = (
            "A mail program or a proxy fetched the pictures by itself; it says nothing of people."
        )
    elif text:
        text = f"{text[0].upper()}{text[1:]}."
    return Step(at, _REPORTS[kind].name, _REPORTS[kind].icon, text, words, is_machine=is_machine)
