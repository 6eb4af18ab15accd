"""What is noted, for whom, and with whose transaction."""

import pytest
from django.db import transaction

from afterword.core.ids import new_id
from afterword.happenings.listen import listen, stop_listening
from afterword.happenings.models import Happening, HappeningKind
from afterword.happenings.note import Happened, note
from tests.factories import NOW, a_workspace

pytestmark = pytest.mark.django_db
OPENED, NEW = HappeningKind.SURVEY_OPENED, HappeningKind.FEEDBACK_NEW


def noted():
    rows = Happening.objects.order_by("id")
    return list(rows.values_list("workspace_id", "kind", "subject_id"))


def test_what_somebody_listens_for_is_noted_in_the_order_given():
    workspace = a_workspace()
    listen(workspace.id, OPENED, "a webhook")
    happened = [Happened(workspace.id, OPENED, new_id()) for _ in range(50)][::-1]

    note(happened, NOW)

    assert noted() == happened


def test_what_nobody_listens_for_leaves_no_row():
    workspace, other = a_workspace(), a_workspace()
    listen(other.id, OPENED, "a webhook")
    listen(workspace.id, HappeningKind.SURVEY_CLICKED, "a webhook")

    note([Happened(workspace.id, OPENED, new_id())], NOW)

    assert noted() == []


def test_a_new_answer_is_noted_whoever_listens():
    happened = Happened(a_workspace().id, NEW, new_id())

    note([happened], NOW)

    assert noted() == [happened]


def test_it_is_noted_until_the_last_listener_stops():
    workspace = a_workspace()
    for by in ("one", "one", "another"):
        listen(workspace.id, OPENED, by)

    stop_listening(workspace.id, OPENED, "one")
    note([Happened(workspace.id, OPENED, new_id())], NOW)
    stop_listening(workspace.id, OPENED, "another")
    note([Happened(workspace.id, OPENED, new_id())], NOW)

    assert len(noted()) == 1


@pytest.mark.parametrize("is_heard", [True, False])
def test_a_batch_costs_one_query_and_nothing_costs_none(is_heard, django_assert_num_queries):
    workspace = a_workspace()
    if is_heard:
        listen(workspace.id, OPENED, "a webhook")

    with django_assert_num_queries(1):
        note([Happened(workspace.id, OPENED, new_id()) for _ in range(1000)], NOW)
    with django_assert_num_queries(0):
        note([], NOW)

    assert len(noted()) == 1000 * is_heard


@pytest.mark.django_db(transaction=True)
def test_it_is_undone_with_what_happened():
    workspace = a_workspace()

    with transaction.atomic():
        note([Happened(workspace.id, NEW, new_id())], NOW)
        transaction.set_rollback(True)

    assert noted() == []


@pytest.mark.django_db(transaction=True)
def test_it_belongs_into_a_transaction():
    with pytest.raises(AssertionError):
        note([Happened(a_workspace().id, NEW, new_id())], NOW)


def test_a_deleted_workspace_takes_its_happenings_along():
    workspace, other = a_workspace(), a_workspace()
    kept = Happened(other.id, NEW, new_id())
    note([Happened(workspace.id, NEW, new_id()), kept], NOW)

    workspace.delete()

    assert noted() == [kept]
