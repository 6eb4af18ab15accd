"""Partitions come and go with the months, and hold up nobody."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from afterword.core.ids import new_id
from afterword.core.line import conninfo
from afterword.happenings import partitions
from afterword.happenings.models import Happening, HappeningKind
from afterword.happenings.note import Happened, note
from afterword.happenings.partitions import keep
from tests.factories import a_workspace

pytestmark = pytest.mark.django_db
THEN = datetime(2031, 11, 17, 12, tzinfo=UTC)
MONTHS_FROM_THEN = ["happenings_of_2031_11", "happenings_of_2031_12", "happenings_of_2032_01"]


def happens(at: datetime) -> None:
    note([Happened(a_workspace().id, HappeningKind.FEEDBACK_NEW, new_id())], at)


def where() -> list[str]:
    """The partition of each happening, in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM happenings_happening ORDER BY id")
        return [name for (name,) in cursor]


def there() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits "
            "WHERE inhparent = 'happenings_happening'::regclass ORDER BY 1"
        )
        return [name for (name,) in cursor]


def test_a_month_and_the_next_ones_have_partitions_and_old_ones_are_dropped():
    keep(THEN)

    assert there() == ["happenings_default", *MONTHS_FROM_THEN]


def test_a_new_database_has_those_of_its_months():
    assert len(there()) >= 1 + 1 + partitions.AHEAD


def test_three_months_are_kept_beside_the_current_one():
    keep(THEN)
    happens(THEN)

    keep(datetime(2032, 2, 29, 23, 59, tzinfo=UTC))
    assert there()[1:4] == MONTHS_FROM_THEN
    assert where() == ["happenings_of_2031_11"]

    keep(datetime(2032, 3, 1, tzinfo=UTC))
    assert "happenings_of_2031_11" not in there()
    assert where() == []


def test_what_came_while_there_was_no_partition_moves_into_it():
    happens(THEN)
    happens(datetime(2031, 12, 31, 23, 59, tzinfo=UTC))
    happens(datetime(2032, 5, 1, tzinfo=UTC))
    before = list(Happening.objects.order_by("id").values_list())
    assert set(where()) == {"happenings_default"}

    keep(THEN)

    assert where() == [*MONTHS_FROM_THEN[:2], "happenings_default"]
    assert list(Happening.objects.order_by("id").values_list()) == before


def test_what_is_old_leaves_the_default_partition_too():
    keep(THEN)
    happens(datetime(2031, 7, 31, 23, tzinfo=UTC))
    happens(datetime(2031, 8, 1, tzinfo=UTC))

    keep(THEN)

    assert where() == ["happenings_default"]


def test_a_second_time_changes_nothing(django_assert_num_queries):
    keep(THEN)

    with django_assert_num_queries(2):  # to look, and to empty the default partition
        keep(THEN)


@pytest.mark.parametrize(
    ("month", "count", "then"),
    [("2031-11", 2, "2032-01"), ("2031-11", 1, "2031-12"), ("2031-02", -3, "2030-11")],
)
def test_months_are_counted_over_the_year(month, count, then):
    first = datetime.fromisoformat(f"{month}-01").date()

    assert f"{partitions.months_after(first, count):%Y-%m}" == then


@pytest.mark.django_db(transaction=True)
def test_who_writes_is_not_held_up_and_what_is_in_use_is_left_for_later(monkeypatch):
    monkeypatch.setattr(partitions, "PATIENCE", "50ms")
    kept = there()
    with psycopg.connect(conninfo()) as writer:
        writer.execute(
            "INSERT INTO happenings_happening (workspace_id, kind, subject_id, at) "
            "VALUES (gen_random_uuid(), 'feedback.new', gen_random_uuid(), %s)",
            [datetime.now(UTC)],
        )
        try:
            keep(THEN)  # making goes beside a writer, dropping does not

            assert there() == sorted([*kept, *MONTHS_FROM_THEN])
        finally:
            writer.rollback()
            drop(MONTHS_FROM_THEN)


def drop(names: list[str]) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TABLE {name}")
