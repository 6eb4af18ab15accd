from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.suppress import Stop, suppress_all
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_workspace

Reason = SuppressionReason
pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def a_stop(workspace, pattern="ann@example.com", reason=Reason.LISTED, now=NOW, **fields):
    suppress_all([Stop(workspace.id, pattern, reason, **{"how": "member", **fields})], now)
    return Suppression.objects.get(
        workspace=workspace, pattern=pattern, reason=reason, campaign_id=fields.get("campaign_id")
    )


def list_page(client, **query):
    return client.get(reverse("suppressions:list"), query)


def put(client, patterns, **fields):
    return client.post(reverse("suppressions:add"), {"patterns": patterns, **fields}, follow=True)


def end_page(stop):
    return reverse("suppressions:end", args=[stop.id])


def profile(client, customer):
    return text(client.get(reverse("profiles:profile", args=[customer.id])))


def text(response):
    return " ".join(response.content.decode().split())


def patterns():
    rows = Suppression.objects.filter(ended_at=None).order_by("pattern")
    return [row.pattern for row in rows]


# ---- who may


@pytest.mark.parametrize("role", list(Role))
def test_every_member_sees_the_list_and_analysts_change_nothing(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    stop = a_stop(member.workspace)
    customer = a_customer(member.workspace, email="bob@example.com")
    may = role.may_change

    page = text(list_page(client))
    assert stop.pattern in page
    assert ("Never survey these" in page) == may
    assert ("Unsubscribe…</a>" in profile(client, customer)) == may
    unsubscription = reverse("suppressions:unsubscribe", args=[customer.id])
    for address, fields in (
        (reverse("suppressions:add"), {"patterns": "x@example.com"}),
        (end_page(stop), {"note": "Because"}),
        (unsubscription, {}),
    ):
        assert client.post(address, fields).status_code == (302 if may else 403)
    assert patterns() == (["bob@example.com", "x@example.com"] if may else ["ann@example.com"])


def test_an_outsider_sees_and_changes_nothing(client, member):
    stranger = a_workspace()
    stop = a_stop(stranger, "stranger@example.com")
    customer = a_customer(stranger)

    assert "stranger@example.com" not in text(list_page(client))
    assert client.get(end_page(stop)).status_code == 404
    assert client.post(end_page(stop), {"note": "x"}).status_code == 404
    unsubscription = reverse("suppressions:unsubscribe", args=[customer.id])
    assert client.post(unsubscription).status_code == 404
    assert patterns() == ["stranger@example.com"]


def test_a_visitor_is_asked_to_sign_in(client):
    assert list_page(client).url.startswith("/accounts/login/")
    assert client.post(reverse("suppressions:add")).url.startswith("/accounts/login/")


# ---- the list


def test_an_empty_list_says_what_comes_here(client, member):
    assert "Everybody may be asked" in text(list_page(client))


def test_each_tells_why_how_and_by_whom(client, member):
    a_stop(member.workspace, "*.example.com", note="Our <b>own</b>", by=member.user)

    page = text(list_page(client))

    assert "Listed by hand" in page
    assert f"Member: {member.user}" in page
    assert "“Our &lt;b&gt;own&lt;/b&gt;”" in page


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("ann", {"ann@example.com"}),
        ("EXAMPLE.com", {"ann@example.com", "example.com", "*.example.com"}),
        ("@example", {"ann@example.com"}),
        ("*.ex", {"*.example.com"}),
        ("nobody", set()),
        ("%", set()),
        ("\x00", set()),
    ],
)
def test_the_list_is_searched_by_the_beginning_of_address_or_domain(client, member, wanted, found):
    for pattern in ("ann@example.com", "example.com", "*.example.com", "bob@other.test"):
        a_stop(member.workspace, pattern)

    response = list_page(client, q=wanted)

    assert {stop.suppression.pattern for stop in response.context["stops"]} == found


def test_the_list_is_filtered_by_reason_and_shows_what_ended(client, member):
    a_stop(member.workspace, "bounced@example.com", Reason.HARD_BOUNCED)
    stop = a_stop(member.workspace, "listed@example.com")

    assert "listed@" not in text(list_page(client, reason="hard_bounced"))
    client.post(end_page(stop), {"note": "A mistake"}, follow=True)
    assert "listed@" not in text(list_page(client))
    ended = text(list_page(client, show="ended"))
    assert "listed@" in ended
    assert "A mistake" in ended


def test_the_list_goes_on_where_a_page_ends_with_as_many_queries(
    client, member, django_assert_max_num_queries
):
    for number in range(60):
        a_stop(member.workspace, f"c{number}@example.com", now=NOW + timedelta(seconds=number))

    with django_assert_max_num_queries(9):
        first = list_page(client)
    second = list_page(client, after=first.context["after"])

    assert first.context["stops"][0].suppression.pattern == "c59@example.com"
    assert (len(first.context["stops"]), len(second.context["stops"])) == (50, 10)


# ---- adding


def test_an_address_is_put_on_the_list(client, member):
    customer = a_customer(member.workspace, email="ann@example.com")

    page = text(put(client, "Ann@Example.com", note="Asked by phone", category="corporate"))

    row = Suppression.objects.get()
    customer.refresh_from_db()
    assert "1 put on the list." in page
    assert (row.pattern, row.note, row.category) == (
        "ann@example.com",
        "Asked by phone",
        "corporate",
    )
    assert (row.reason, row.how, row.by) == (Reason.LISTED, "member", member.user)
    assert customer.suppressed_at


def test_many_lines_are_read_and_the_wrong_ones_come_back(client, member):
    a_stop(member.workspace, "known@example.com")
    lines = [
        "email,note",
        "ann@example.com,Competitor",
        '"*.rival.test","Rival, all of it"',
        "",
        "known@example.com",
        "not an address",
        "bob@",
    ]

    response = put(client, "\n".join(lines), note="Pasted")
    page = text(response)

    assert response.status_code == 422
    assert patterns() == ["*.rival.test", "ann@example.com", "known@example.com"]
    assert Suppression.objects.get(pattern="*.rival.test").note == "Rival, all of it"
    assert "2 put on the list. 1 was on it already. 2 refused" in page
    assert "Line 1: “not an address” is not a domain" in page
    assert " autofocus" in response.content.decode()
    assert ">\nnot an address\nbob@</textarea>" in response.content.decode()


def test_a_thousand_lines_cost_as_many_queries_as_one(
    client, member, django_assert_max_num_queries
):
    lines = [f"c{number}@example.com" for number in range(500)]
    lines += [f"d{number}.example.com" for number in range(500)]

    with django_assert_max_num_queries(20):
        response = client.post(reverse("suppressions:add"), {"patterns": "\n".join(lines)})

    assert response.status_code == 302
    assert Suppression.objects.count() == 1000
    assert put(client, "\n".join([*lines, "more@example.com"])).status_code == 422


@pytest.mark.parametrize("patterns", ["", " ", "\x00", "a" * 300, '"', '"unclosed,\nx'])
def test_nonsense_is_refused_with_how_to_mend_it(client, member, patterns):
    response = put(client, patterns)

    assert response.status_code == 422
    assert "invalid-feedback" in text(response)
    assert not Suppression.objects.exists()


# ---- ending


@pytest.mark.parametrize(
    "reason", [Reason.LISTED, Reason.SOFT_BOUNCED, Reason.HARD_BOUNCED, Reason.UNDELIVERABLE]
)
def test_a_member_ends_what_no_person_said(client, member, reason):
    customer = a_customer(member.workspace, email="ann@example.com")
    stop = a_stop(member.workspace, reason=reason)
    assert end_page(stop) in text(list_page(client))
    assert end_page(stop) in profile(client, customer)

    response = client.post(end_page(stop), {"note": "Works again"})

    stop.refresh_from_db()
    assert response.url == reverse("profiles:profile", args=[customer.id])
    assert (stop.ended_how, stop.ended_note, stop.ended_by) == (
        "member",
        "Works again",
        member.user,
    )
    assert client.post(end_page(stop), {"note": "Again"}).status_code == 404
    assert "Works again" in profile(client, customer)


def test_an_unsubscribe_ends_only_with_a_note_and_from_the_profile(client, member):
    customer = a_customer(member.workspace, email="ann@example.com")
    client.post(reverse("suppressions:unsubscribe", args=[customer.id]))
    stop = Suppression.objects.get()
    customer.refresh_from_db()
    assert customer.unsubscribed_at == stop.at
    assert (stop.how, stop.by) == ("member", member.user)
    assert end_page(stop) not in text(list_page(client))
    assert end_page(stop) in profile(client, customer)

    for note in ("", "  "):
        assert client.post(end_page(stop), {"note": note}).status_code == 422
    client.post(end_page(stop), {"note": "Wrote to support on 3 Nov: wants surveys again"})

    customer.refresh_from_db()
    assert customer.unsubscribed_at is None


def test_a_complaint_is_not_a_members_to_end(client, member):
    customer = a_customer(member.workspace, email="ann@example.com")
    stop = a_stop(member.workspace, reason=Reason.COMPLAINED)

    assert "Only the person can take this back" in profile(client, customer)
    assert end_page(stop) not in text(list_page(client))
    assert "Only they can take that back" in text(client.get(end_page(stop)))
    assert client.post(end_page(stop), {"note": "Please"}).status_code == 409
    assert patterns() == ["ann@example.com"]


# ---- the profile


def test_the_profile_says_what_stops_mail_and_what_did(client, member):
    customer = a_customer(member.workspace, email="ann@mail.example.com")
    campaign = a_campaign(member.workspace, name="After an order")
    assert "Nothing stops mail to this address." in profile(client, customer)

    a_stop(member.workspace, "*.example.com", note="Staff")
    a_stop(member.workspace, customer.email, Reason.UNSUBSCRIBED, campaign_id=campaign.id)
    a_stop(member.workspace, customer.email, Reason.UNSUBSCRIBED, campaign_id=uuid4())
    page = profile(client, customer)

    assert "Listed as <code>*.example.com</code>" in page
    assert "Only surveys of <strong>After an order</strong>" in page
    assert "Only surveys of <strong>a deleted campaign</strong>" in page


def test_a_line_that_no_csv_has_is_refused_at_its_place(client, member):
    response = put(client, "ann@example.com\n" + "x" * 200_000)

    assert "Line 2 is longer than 2,000 characters." in response.content.decode()
    assert patterns() == []
