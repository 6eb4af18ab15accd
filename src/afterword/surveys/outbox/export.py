"""The outbox as CSV, however long it is: read and written in pieces, so that memory stays flat."""

from collections.abc import Iterator, Sequence

from django.db.models import Case, CharField, F, Q, Value, When

from afterword.core import csv_cells
from afterword.surveys.models import Invitation, SentBy
from afterword.surveys.outbox.search import IS_FIRST, is_sent_by
from afterword.surveys.outbox.status import Status, status_column
from afterword.workspaces.models import WorkspaceRows

PIECE = 2000  # rows

# The names are those of the API.
COLUMNS = {
    "surveyId": "id",
    "email": "survey__email",
    "customerId": "survey__customer_id",
    "firstName": "survey__customer__first_name",
    "lastName": "survey__customer__last_name",
    "companyName": "survey__customer__company_name",
    "personTags": "survey__customer__tags",
    "campaign": "survey__campaign__name",
    "campaignId": "survey__campaign_id",
    "channel": "channel",
    "surveyTemplateId": "template_id",
    "subject": "mail__subject",
    "sentBy": "sent_by",
    "status": "status",
    "surveyCreatedDate": "created_at",
    "dueDate": "mail__due_at",
    "sentDate": "mail__sent_at",
    "deliveredDate": "mail__delivered_at",
    "openedDate": "opened_at",
    "machineOpenedDate": "machine_opened_at",
    "clickedDate": "clicked_at",
    "respondedDate": "answered_at",
    "bouncedDate": "mail__bounced_at",
    "bounceType": "mail__bounce",
    "complainedDate": "mail__complained_at",
    "unsubscribedDate": "unsubscribed_at",
    "cancelledDate": "mail__cancelled_at",
    "endedDate": "mail__ended_at",
    "reason": "mail__reason",
    "serverReply": "mail__server_reply",
    "responseId": "response_id",
    "score": "response_score",
}
# An answer is told with the survey itself, and not again with its reminders.
_OF_THE_FIRST = {
    "sent_by": Case(
        *(When(is_sent_by(each), then=Value(each.value)) for each in SentBy),
        output_field=CharField(),
    ),
    "response_id": Case(When(IS_FIRST, then=F("survey__response__id"))),
    "response_score": Case(When(IS_FIRST, then=F("survey__response__score"))),
}
_STATUS = list(COLUMNS).index("status")


def csv_of(invitations: WorkspaceRows[Invitation]) -> Iterator[bytes]:
    """Yield the invitations as a CSV file in UTF-8, the newest first.

    Each piece is a query of its own that goes on after the last row: no transaction is long.
    """
    yield f"{csv_cells.BOM}{csv_cells.lines([list(COLUMNS)])}".encode()
    ordered = invitations.annotate(status=status_column(), **_OF_THE_FIRST).order_by(
        "-created_at", "-id"
    )
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
