"""What anybody with a public key can make us write is bounded in age and in number."""

from datetime import timedelta

import pytest

from afterword.core import bulk
from afterword.events import forget
from afterword.events.models import EventCount, Rejection
from tests.factories import NOW, a_workspace

pytestmark = pytest.mark.django_db


def reject(workspace, *ages):
    Rejection.objects.bulk_create(
        Rejection(workspace=workspace, received_at=NOW - timedelta(days=age), message=str(age))
        for age in ages
    )


def kept(workspace):
    return {int(row.message) for row in Rejection.objects.filter(workspace=workspace)}


def test_the_newest_rejections_of_each_workspace_stay_for_a_month(monkeypatch):
    monkeypatch.setattr(forget, "MOST_REJECTIONS", 3)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    many, few, old = a_workspace(), a_workspace(), a_workspace()
    reject(many, *range(10))
    reject(few, 1, 2)
    reject(old, 29, 31)

    forget.forget_old(NOW)

    assert (kept(many), kept(few), kept(old)) == ({0, 1, 2}, {1, 2}, {29})


def test_counts_of_names_stay_for_two_months():
    workspace = a_workspace()
    for age in (0, 59, 61, 400):
        day = (NOW - timedelta(days=age)).date()
        EventCount.objects.create(workspace=workspace, name="a", day=day, last_seen_at=NOW)

    forget.forget_old(NOW)

    assert EventCount.objects.count() == 2
