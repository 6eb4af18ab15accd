"""The outbox as CSV, however long it is: read and written in pieces, so that memory stays flat."""

from collections.abc import AsyncIterator, Iterator, Sequence

from asgiref.sync import sync_to_async
from django.db import connection
from django.db.models import F, Q

from afterword.core import csv_cells
from afterword.surveys.models import Survey
from afterword.surveys.outbox.status import Status, status_column
from afterword.workspaces.models import WorkspaceRows

PIECE = 2000  # rows

# The names are those of the API.
COLUMNS = {
    "surveyId": "id",
    "email": "email",
    "customerId": "customer_id",
    "firstName": "customer__first_name",
    "lastName": "customer__last_name",
    "companyName": "customer__company_name",
    "personTags": "customer__tags",
    "campaign": "campaign__name",
    "campaignId": "campaign_id",
    "channel": "campaign__channel",
    "surveyTemplateId": "template_id",
    "subject": "subject",
    "sentBy": "sent_by",
    "status": "status",
    "surveyCreatedDate": "created_at",
    "dueDate": "due_at",
    "sentDate": "sent_at",
    "deliveredDate": "delivered_at",
    "openedDate": "opened_at",
    "machineOpenedDate": "machine_opened_at",
    "clickedDate": "clicked_at",
    "respondedDate": "answered_at",
    "bouncedDate": "bounced_at",
    "bounceType": "bounce",
    "complainedDate": "complained_at",
    "unsubscribedDate": "unsubscribed_at",
    "cancelledDate": "cancelled_at",
    "endedDate": "ended_at",
    "reason": "reason",
    "serverReply": "server_reply",
    "responseId": "response__id",
    "score": "response__score",
}
_STATUS = list(COLUMNS).index("status")


async def csv_of(surveys: WorkspaceRows[Survey]) -> AsyncIterator[bytes]:
    """Yield the surveys as a CSV file in UTF-8, the newest first."""
    pieces = _pieces(surveys)
    read = sync_to_async(lambda: _next(pieces))
    yield f"{csv_cells.BOM}{csv_cells.lines([list(COLUMNS)])}".encode()
    while piece := await read():
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    piece = next(pieces, b"")
    if not connection.in_atomic_block:
        connection.close()  # back to the pool while a slow reader takes what is there
    return piece


def _pieces(surveys: WorkspaceRows[Survey]) -> Iterator[bytes]:
    """Each piece is a query of its own that goes on after the last row: no transaction is long."""
    ordered = surveys.annotate(status=status_column()).order_by("-created_at", "-id")
    rows = ordered.values_list(*COLUMNS.values(), F("created_at"), F("id"))
    piece = list(rows[:PIECE])
    while piece:
        yield csv_cells.lines(_cells(row) for row in piece).encode()
        at, id_ = piece[-1][-2:]
        older = Q(created_at__lt=at) | Q(id__lt=id_)
        piece = list(rows.filter(older, created_at__lte=at)[:PIECE]) if len(piece) == PIECE else []


def _cells(row: Sequence[object]) -> list[object]:
    cells = list(row[: len(COLUMNS)])
    cells[_STATUS] = Status(str(cells[_STATUS])).label
    return cells
