import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.urls import reverse

from afterword.core.csv_cells import BOM
from afterword.customers import properties, tags
from afterword.customers.models import Customer, Tag
from afterword.customers.tags import keep_tags
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.risk.models import AtRisk
from afterword.profiles.listing.cells import for_file
from afterword.profiles.listing.columns import OWN
from afterword.profiles.models import SavedView
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_sent_survey,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def list_page(client, **query):
    return client.get(reverse("customers:list"), query)


def text(response):
    return " ".join(response.content.decode().split())


def listed(client, **query):
    """Return the addresses on the page, in its order."""
    return [line.customer.email for line in list_page(client, **query).context["lines"]]


def exported(member, **query):
    """Ask for the file as a browser does; return its rows by their header."""

    async def ask():
        browser = AsyncClient()
        await browser.aforce_login(member.user)
        wanted = {"scope": "all", "query": urlencode(query, doseq=True)}
        response: Any = await browser.get(reverse("bulk:export"), wanted)
        return b"".join([piece async for piece in response.streaming_content]).decode()

    text = async_to_sync(ask)().removeprefix(BOM)
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---- search and filters


@pytest.mark.parametrize("wanted", ["ann@", "XAMPLE.C", "NOVÁK", "Ann Nov", " ann ", "ink novák"])
def test_a_customer_is_found_by_any_part_of_name_address_or_company(client, member, wanted):
    a_customer(
        member.workspace, email="ann@example.com", first_name="Ann", last_name="NOVÁK",
        company_name="Inkwell",
    )  # fmt: skip
    a_customer(member.workspace, email="bob@elsewhere.org", first_name="Bob", last_name="Stone")

    assert listed(client, q=wanted) == ["ann@example.com"]


@pytest.mark.parametrize("wanted", ["nobody", "%", "_", "\x00", "\\", "'", '"<b>'])
def test_a_search_that_finds_nobody_says_so(client, member, wanted):
    a_customer(member.workspace)

    response = list_page(client, q=wanted)

    assert response.status_code == 200
    assert "No such customer" in text(response)


def test_filters_are_an_audiences_and_stand_in_the_address(client, member):
    a_property(member.workspace, "plan")
    pro = a_customer(member.workspace, properties={"plan": "pro"}, tags=["vip"])
    a_customer(member.workspace, properties={"plan": "free"}, tags=["vip"])
    a_customer(member.workspace, properties={"plan": "pro"})

    query = {
        "match": "all",
        "field": ["plan", "tags"],
        "operator": ["is", "includes"],
        "value": ["pro", "vip"],
        "group": ["", ""],
    }

    assert listed(client, **query) == [pro.email]
    assert "plan is pro and Tags includes vip" in text(list_page(client, **query))
    count = client.get(reverse("customers:count"), query)
    assert "<strong>1</strong> customer" in text(count)


def test_a_filter_that_is_wrong_says_so_and_lists_nobody(client, member):
    a_customer(member.workspace)

    response = list_page(client, field="gone", operator="is", value="x", group="")

    assert "A filter is not complete" in text(response)
    assert "choose a field that there is" in text(response)


def test_the_last_score_filters_and_shows(client, member):
    campaign = a_campaign(member.workspace)
    happy = a_customer(member.workspace, email="happy@example.com")
    a_customer(member.workspace)
    record_answer(a_sent_survey(campaign, customer=happy), 9, "", NOW, submitted=True)

    query = {"field": "last_score", "operator": "at least", "value": "9", "group": ""}
    page = list_page(client, column=["last_score"], **query)

    assert [line.customer for line in page.context["lines"]] == [happy]
    assert "Promoter" in text(page)


@pytest.mark.parametrize(
    ("status", "fields"),
    [
        ("unsubscribed", {"unsubscribed_at": NOW}),
        ("hard_bounced", {"hard_bounced_at": NOW}),
        ("undeliverable", {"undeliverable_at": NOW}),
        ("suppressed", {"suppressed_at": NOW}),
        ("no_address", {"email": None}),
        ("free", {}),
    ],
)
def test_a_status_narrows_the_list(client, member, status, fields):
    meant = a_customer(member.workspace, **fields)
    other = {"unsubscribed_at": NOW} if status != "unsubscribed" else {}
    a_customer(member.workspace, **other)

    page = list_page(client, status=status)

    assert [line.customer for line in page.context["lines"]] == [meant]


def test_who_turned_out_to_be_somebody_else_is_not_listed(client, member):
    known = a_customer(member.workspace)
    a_customer(member.workspace, email=None, merged_into=known)

    assert listed(client) == [known.email]


# ---- order and pages


@pytest.mark.parametrize("order", ["name", "company", "last_survey", "added"])
def test_every_order_goes_through_all_pages_both_ways(client, member, order):
    Customer.objects.bulk_create(
        Customer(
            workspace=member.workspace,
            email=f"c{number}@example.com" if number % 3 else None,
            first_name="Ann" if number % 2 else "",
            company_name=f"C{number % 4}",
            source="CSV",
            last_surveyed_at=NOW - timedelta(days=number % 5) if number % 4 else None,
        )
        for number in range(120)
    )

    def walk(order):
        seen, after = [], ""
        while True:
            page = list_page(client, order=order, after=after)
            seen += [line.customer.id for line in page.context["lines"]]
            after = page.context["after"]
            if not after:
                return seen

    rising, falling = walk(order), walk(f"-{order}")

    assert len(set(rising)) == 120
    assert rising == falling[::-1]


def test_names_are_in_order_however_they_are_written(client, member):
    for first, email in (("bob", "x@a.org"), ("Ann", "z@a.org"), ("", "carl@a.org")):
        a_customer(member.workspace, first_name=first, email=email)

    assert listed(client, order="name") == ["z@a.org", "x@a.org", "carl@a.org"]


def test_who_was_never_surveyed_comes_last_where_the_newest_are_first(client, member):
    a_customer(member.workspace, email="never@a.org")
    a_customer(member.workspace, email="old@a.org", last_surveyed_at=NOW - timedelta(days=9))
    a_customer(member.workspace, email="new@a.org", last_surveyed_at=NOW)

    assert listed(client, order="-last_survey") == ["new@a.org", "old@a.org", "never@a.org"]


def test_a_head_says_how_it_is_sorted_and_turns_it(client, member):
    a_customer(member.workspace, company_name="Acme")

    page = text(list_page(client, order="company"))

    assert 'aria-sort="ascending"><a class="sorts" href="?order=-company"' in page


@pytest.mark.parametrize("after", ["x", "_", "0_", "\x00", f"{'0' * 32}_9999", f"{'0' * 32}_\x00"])
@pytest.mark.parametrize("order", ["name", "-added", "junk"])
def test_junk_in_the_address_is_the_beginning(client, member, order, after):
    customer = a_customer(member.workspace, first_name="Ann")

    page = list_page(client, order=order, after=after)

    assert page.status_code == 200
    assert [line.customer for line in page.context["lines"]] == [customer] or order == "name"


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    client, member, django_assert_max_num_queries
):
    for number in range(30):
        a_customer(member.workspace, email=f"c{number}@example.com")

    with django_assert_max_num_queries(11):
        list_page(client, column=["last_score", "tags"])


def test_an_empty_list_says_what_to_do(client, member):
    page = text(list_page(client))

    assert "No customers yet" in page
    assert reverse("events:list") in page


# ---- columns


def test_columns_are_kept_for_the_person_alone(client, member):
    a_property(member.workspace, "plan")
    a_customer(member.workspace, properties={"plan": "gold"}, company_name="Acme")

    client.post(reverse("customers:columns"), {"column": ["properties.plan", "nonsense"]})

    page = list_page(client)
    assert [head.label for head in page.context["heads"]] == ["Customer", "plan"]
    assert "gold" in text(page)
    client.force_login(a_member(member.workspace).user)
    assert "gold" not in text(list_page(client))


def test_choosing_columns_keeps_what_was_asked_for(client, member):
    query = "q=ann&column=phone&order=name"

    response = client.post(reverse("customers:columns"), {"column": ["city"], "query": query})

    assert response.url == "/customers?q=ann&order=name"


def test_who_is_at_risk_is_a_column_of_the_page_and_of_the_file(client, member):
    ann, bob = a_customer(member.workspace), a_customer(member.workspace)
    AtRisk.objects.create(
        customer=ann, workspace=member.workspace, since=NOW, reason="worst", metric="nps",
        score=2, judged_at=NOW,
    )  # fmt: skip

    page = text(list_page(client, column="at_risk"))
    columns = [one for one in OWN if one.key == "at_risk"]

    assert page.count("The last answer was NPS 2") == 1
    assert [row for [row] in for_file([ann, bob], columns)] == ["yes", "no"]


def test_a_property_that_was_deleted_leaves_the_columns(client, member):
    plan = a_property(member.workspace, "plan")
    a_customer(member.workspace)
    client.post(reverse("customers:columns"), {"column": ["properties.plan", "city"]})
    plan.delete()

    assert [head.label for head in list_page(client).context["heads"]] == ["Customer", "City"]


# ---- saved views


def save_view(client, name="VIPs", query="field=tags&operator=includes&value=vip&group="):
    return client.post(f"{reverse('customers:new_view')}?{query}", {"name": name})


def test_a_view_keeps_filter_columns_and_order_for_the_workspace(client, member):
    vip = a_customer(member.workspace, tags=["vip"])
    a_customer(member.workspace)
    filters = "match=all&group=&field=tags&operator=includes&value=vip"
    saved = save_view(client, query=f"q=c&{filters}&order=name&column=city")

    client.force_login(a_member(member.workspace).user)
    page = client.get(saved.url)

    assert [line.customer for line in page.context["lines"]] == [vip]
    assert [head.label for head in page.context["heads"]] == ["Customer", "City"]
    assert page.context["current"].view.name == "VIPs"
    assert not page.context["current"].is_changed


def test_a_view_that_was_narrowed_can_be_brought_up_to_date(client, member):
    saved = save_view(client)
    page = client.get(f"{saved.url}&status=free")
    assert page.context["current"].is_changed
    view = SavedView.objects.get()

    client.post(f"{reverse('customers:view_update', args=[view.id])}?status=free")

    view.refresh_from_db()
    assert (view.status, view.audience) == ("free", {})


def test_a_view_is_renamed_deleted_and_brought_back(client, member):
    save_view(client)
    view = SavedView.objects.get()

    client.post(reverse("customers:view_name", args=[view.id]), {"name": "Dear ones"})
    assert SavedView.objects.get().name == "Dear ones"
    client.post(reverse("customers:view_deletion", args=[view.id]))
    assert not SavedView.objects.exists()
    client.post(reverse("customers:view_undo"))

    back = SavedView.objects.get()
    assert (back.name, back.audience["filters"][0]["value"]) == ("Dear ones", "vip")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("VIPs", "There is a view of this name already"),
        ("", "This is needed"),
        ("x" * 61, "At most 60 characters fit"),
        ("two\nlines", "Write it on one line"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field(client, member, name, says):
    save_view(client)

    response = save_view(client, name)

    assert response.status_code == 422
    assert says in text(response)
    assert SavedView.objects.count() == 1


def test_a_view_of_another_workspace_is_nowhere(client, member):
    view = SavedView.objects.create(workspace=a_workspace(), name="Theirs")

    assert "Theirs" not in text(list_page(client, view=view.id))
    for verb in ("name", "update", "deletion"):
        address = reverse(f"customers:view_{verb}", args=[view.id])
        assert client.post(address, {"name": "Mine"}).status_code == 404


def test_a_view_follows_a_property_and_a_tag_to_another_name(client, member):
    plan = a_property(member.workspace, "plan")
    save_view(client, query="field=plan&operator=is&value=pro&group=")
    save_view(client, "Tagged")
    keep_tags(member.workspace_id, ["vip"], NOW)

    properties.rename(plan, "tariff")
    tags.rename(Tag.objects.get(), "dear", member, NOW)

    kept = {view.name: view.audience["filters"][0] for view in SavedView.objects.all()}
    assert kept["VIPs"]["field"] == "tariff"
    assert kept["Tagged"]["value"] == "dear"


# ---- the file


def test_the_file_has_the_chosen_columns_of_those_that_match(client, member):
    a_property(member.workspace, "seats", "number")
    a_customer(
        member.workspace, email="ann@example.com", first_name="=1+1", tags=["vip", "new"],
        properties={"seats": 3}, unsubscribed_at=NOW,
    )  # fmt: skip
    a_customer(member.workspace, email="bob@example.com")

    rows = exported(member, q="ann", column=["properties.seats", "tags", "status"])

    assert rows == [
        {"email": "ann@example.com", "firstName": "'=1+1", "lastName": "", "status": "Unsubscribed",
         "tags": "vip, new", "seats": "3"}
    ]  # fmt: skip


def test_the_file_goes_on_where_a_piece_ends(client, member, monkeypatch):
    monkeypatch.setattr("afterword.profiles.listing.export.PIECE", 2)
    for number in range(5):
        a_customer(member.workspace, email=f"c{number}@example.com")

    assert [row["email"] for row in exported(member, order="name")] == [
        f"c{number}@example.com" for number in range(5)
    ]


# ---- who may


@pytest.mark.parametrize("role", list(Role))
def test_who_may_do_what(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    a_customer(member.workspace, first_name="Ann")

    page = text(list_page(client, q="ann"))

    assert ("Save as a view" in page) is role.may_change
    assert exported(member)[0]["firstName"] == "Ann"
    assert client.get(reverse("customers:count")).status_code == 200
    assert client.post(reverse("customers:columns"), {"column": ["city"]}).status_code == 302
    assert save_view(client).status_code == (302 if role.may_change else 403)


def test_an_outsider_sees_nobody(client, member):
    a_customer(a_workspace(), first_name="Stranger")

    assert "Stranger" not in text(list_page(client))
    assert exported(member) == []
    assert "<strong>0</strong>" in text(client.get(reverse("customers:count")))


@pytest.mark.parametrize("page", ["list", "count", "columns", "new_view"])
def test_a_visitor_is_asked_to_sign_in(client, page):
    response = client.get(reverse(f"customers:{page}"))

    assert response.status_code == (405 if page == "columns" else 302)
