from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from afterword.customers.companies import place
from afterword.customers.company_names import (
    ChangedMeanwhile,
    Joined,
    NameRefused,
    add,
    exclude,
    merge,
    take_out,
)
from afterword.customers.models import Company
from afterword.customers.upsert import new_record
from tests.factories import NOW, a_member, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


def a_company(member, name="Acme", **fields):
    key = fields.pop("key", name.lower())
    return Company.objects.create(workspace=member.workspace, name=name, key=key, **fields)


def leads(company):
    company.refresh_from_db()
    return company.merged_into


@pytest.mark.parametrize(
    ("said", "key"), [(" Acme   Ltd ", "acme ltd"), ("@ACME.com", "@acme.com")]
)
def test_a_name_or_domain_leads_to_the_company_also_for_who_comes_later(member, said, key):
    acme = a_company(member)

    assert add(member, acme, said, NOW) is None

    assert acme.aliases.get().key == key


def test_who_comes_later_by_a_domain_is_the_companys(member):
    acme = a_company(member)
    add(member, acme, "@acme.com", NOW)

    record = new_record("ann@acme.com", "Segment", NOW)
    place(member.workspace_id, [record], NOW)

    assert record.company_id == acme.aliases.get().id


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("@gmail.com", "Anybody may have a mailbox"),
        ("@not a domain", "no mail domain"),
        ("@", "no mail domain"),
        ("ACME", "leads here already"),
        ("Umbrella Ltd", "a name of Umbrella"),
    ],
)
def test_a_name_that_cannot_lead_there_is_refused_with_the_reason(member, said, why):
    acme, umbrella = a_company(member), a_company(member, "Umbrella")
    a_company(member, "Umbrella Ltd", merged_into=umbrella)

    with pytest.raises(NameRefused, match=why):
        add(member, acme, said, NOW)


def test_a_company_of_its_own_is_not_merged_unasked(member):
    acme, umbrella = a_company(member), a_company(member, "Umbrella")

    assert add(member, acme, "Umbrella", NOW) == umbrella

    assert leads(umbrella) is None


def test_a_merge_takes_all_names_along_and_can_be_taken_apart_again(member):
    acme, umbrella = a_company(member), a_company(member, "Umbrella")
    name = a_company(member, "Umbrella Ltd", merged_into=umbrella)
    exclude(umbrella, NOW)

    joined = merge(member, umbrella.id, acme.id)

    assert joined == Joined(umbrella.id, [name.id], acme.id)
    assert [leads(umbrella), leads(name)] == [acme, acme]

    take_out(member, joined.first, joined.others, joined.to)

    assert [leads(umbrella), leads(name)] == [None, umbrella]


def test_what_changed_meanwhile_is_refused(member):
    acme, umbrella, third = (a_company(member, name) for name in ("Acme", "Umbrella", "Third"))
    merge(member, umbrella.id, acme.id)

    for one, into in [
        (umbrella, third), (third, umbrella), (acme, acme), (acme, a_company(a_member())),
    ]:  # fmt: skip
        with pytest.raises(ChangedMeanwhile):
            merge(member, one.id, into.id)
    with pytest.raises(ChangedMeanwhile):
        take_out(member, umbrella.id, [], third.id)
    with pytest.raises(ChangedMeanwhile):
        add(member, umbrella, "Umbrella Ltd", NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_into_each_other_at_once_one_is_done():
    member = a_member(a_workspace())
    acme, umbrella = a_company(member), a_company(member, "Umbrella")
    together = Barrier(2)

    def merged(one, into):
        together.wait()
        try:
            merge(member, one.id, into.id)
        except ChangedMeanwhile:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(merged, [acme, umbrella], [umbrella, acme]))

    assert sorted(done) == [False, True]
    assert Company.objects.whole().count() == 1
