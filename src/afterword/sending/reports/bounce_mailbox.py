"""Fetch delivery reports from a mailbox by IMAP, as the clock says.

A mail is flagged as seen, or moved to the folder Handled if there is one, only when what it
reports is committed: whoever dies in between fetches it again, which changes nothing. A mail that
is no report is left there, seen.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from afterword.sending.reports.bounce_settings import ImapMailbox
from afterword.sending.reports.delivery_reports import Incoming
from afterword.sending.reports.imap import Folder, ImapTrouble, opened
from afterword.sending.reports.take_in import take_in

PAGE = 20  # mails at a time: 20 MiB at most
SECONDS = 45.0  # for all of it; the next minute goes on
HANDLED = "Handled"

log = logging.getLogger(__name__)
_troubled: set[str] = set()  # mailboxes whose trouble was told: once is enough


def collect_reports(now: datetime) -> int:
    """Note what the mailbox of AFTERWORD_BOUNCE_URL holds; return how many mails were looked at.

    A server that is away is told of once, and asked again the next time.
    """
    mailbox: ImapMailbox | None = settings.CONFIGURATION.bounce_mailbox
    if mailbox is None:
        return 0
    try:
        with opened(mailbox, SECONDS + 10) as folder:
            looked_at = _empty(folder, now)
    except ImapTrouble as trouble:
        if mailbox.name not in _troubled:
            log.warning("%s: no reports are fetched for now: %s", mailbox.name, trouble)
        _troubled.add(mailbox.name)
        return 0
    if mailbox.name in _troubled:
        log.info("%s: reports are fetched again", mailbox.name)
        _troubled.discard(mailbox.name)
    return looked_at


def _empty(folder: Folder, now: datetime) -> int:
    ends, looked_at = time.monotonic() + SECONDS, 0
    moves = folder.can_move_to(HANDLED)
    for lot in folder.unseen():
        for start in range(0, len(lot), PAGE):
            if time.monotonic() > ends:
                return looked_at
            page = lot[start : start + PAGE]
            _take_in(folder, page, now)
            folder.flag_seen(page)
            if moves:
                folder.move(page, HANDLED)
            looked_at += len(page)
    return looked_at


def _take_in(folder: Folder, page: Sequence[bytes], now: datetime) -> None:
    mails = folder.fetch(page)
    for lost in set(page) - set(mails):
        log.warning("the server does not hand out mail %s: it is passed over", lost.decode())
    take_in([*map(Incoming, mails.values())], now)
