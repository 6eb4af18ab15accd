"""A backup that is restored into another cluster, whose transactions have lower numbers."""

import pytest
from django.db import connection, transaction

from afterword.core.ids import new_id
from afterword.happenings.models import Happening, HappeningKind, Reader
from afterword.happenings.note import Happened, note
from afterword.happenings.read import begin_reading, read
from afterword.happenings.restored import begin_anew
from tests.factories import NOW, a_workspace
from tests.running_afterword import eventually

pytestmark = pytest.mark.django_db(transaction=True)
FUTURE = 10**12


def happens(count: int) -> None:
    workspace = a_workspace()
    with transaction.atomic():
        note(
            [Happened(workspace.id, HappeningKind.FEEDBACK_NEW, new_id()) for _ in range(count)],
            NOW,
        )


def read_now():
    with transaction.atomic():
        return [one.id for one in read("reader", 100) or ()]


def comes_from_elsewhere() -> None:
    with connection.cursor() as cursor:
        for table, column in (("happening", "transaction"), ("reader", "read_transaction")):
            cursor.execute(
                f"UPDATE happenings_{table} "
                f"SET {column} = ({column}::text::bigint + %s)::text::xid8 WHERE {column} > '0'",
                [FUTURE],
            )


def test_a_reader_goes_on_where_it_was():
    begin_reading("reader", from_first=True)
    happens(3)
    assert len(eventually(read_now, seconds=60)) == 3
    happens(2)
    comes_from_elsewhere()
    assert read_now() == []
    unread = list(Happening.objects.order_by("id").values_list("id", flat=True))[3:]

    assert begin_anew()
    assert read_now() == unread
    assert read_now() == []
    happens(1)
    assert len(eventually(read_now, seconds=60)) == 1


def test_what_happened_before_it_was_noticed_is_read():
    begin_reading("reader", from_first=True)
    happens(1)
    eventually(read_now, seconds=60)
    comes_from_elsewhere()
    happens(1)

    assert begin_anew()

    assert len(eventually(read_now, seconds=60)) == 1


def test_it_is_left_alone_where_it_belongs():
    begin_reading("reader", from_first=True)
    happens(2)
    before = [list(Happening.objects.values_list()), list(Reader.objects.values_list())]

    assert not begin_anew()

    assert [list(Happening.objects.values_list()), list(Reader.objects.values_list())] == before
