from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
from afterword.feedback.search import Search
from afterword.feedback.whom.filters import Whom
from afterword.feedback.whom.narrow import narrow, not_known
from afterword.insights.basis import basis_of
from afterword.insights.dashboard import reports
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_property, a_sent_survey, a_workspace

pytestmark = pytest.mark.django_db
PLAN = [("field", "plan"), ("operator", "is"), ("value", "pro")]
VIP = [("field", "tags"), ("operator", "includes"), ("value", "vip")]
ACME = [("field", "company_name"), ("operator", "is"), ("value", "acme")]


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    a_property(member.workspace, "plan")
    a_property(member.workspace, "seats", "number")
    return member


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


def an_answer(campaign, score, **fields):
    customer = a_customer(campaign.workspace, **fields)
    now = timezone.now() - timedelta(hours=1)
    survey = a_sent_survey(campaign, customer=customer, sent_at=now)
    return record_answer(survey, score, "", now, submitted=True)


def query(*filters, **more):
    found = QueryDict(mutable=True)
    for each in filters:
        for name, value in [("group", ""), *each]:
            found.appendlist(name, value)
    found.update(more)
    return found


def scores(member, asked):
    whom = Whom.asked(member, asked)
    rows = narrow(Response.objects.visible_to(member), whom, timezone.now())
    return sorted(rows.values_list("score", flat=True))


def get(client, name, asked):
    return client.get(f"{reverse(name)}?{asked.urlencode()}")


def text(response):
    return " ".join(response.content.decode().split())


# ---- whose answers


@pytest.mark.parametrize("asked", [PLAN, VIP, ACME])
@pytest.mark.parametrize("as_of", ["then", "now"])
def test_answers_are_found_by_property_tag_and_company(member, campaign, asked, as_of):
    an_answer(campaign, 9, properties={"plan": "Pro"}, tags=["VIP"], company_name="ACME")
    an_answer(campaign, 3)

    assert scores(member, query(asked, **{"as": as_of})) == [9]


def test_what_customers_were_and_what_they_are_differ(member, campaign):
    answer = an_answer(campaign, 9, properties={"plan": "pro"})
    answer.customer.properties = {"plan": "free"}
    answer.customer.save()

    assert scores(member, query(PLAN)) == [9]
    assert scores(member, query(PLAN, **{"as": "now"})) == []


def test_who_is_deleted_is_still_found_as_they_were(member, campaign):
    an_answer(campaign, 9, tags=["vip"]).customer.delete()
    whom = Whom.asked(member, query(VIP, **{"as": "now"}))

    assert scores(member, query(VIP)) == [9]
    assert scores(member, query(VIP, **{"as": "now"})) == []
    assert not_known(Response.objects.all(), whom) == 1


def test_an_answer_without_a_snapshot_is_left_out_and_counted(member, campaign):
    answer = an_answer(campaign, 9)
    answer.facts_then.delete()
    nobody = [("field", "plan"), ("operator", "is not"), ("value", "pro")]

    assert scores(member, query(nobody)) == []
    assert not_known(Response.objects.all(), Whom.asked(member, query(nobody))) == 1


def test_filters_stand_in_groups_and_any_may_do(member, campaign):
    an_answer(campaign, 9, properties={"plan": "pro"})
    an_answer(campaign, 5, tags=["vip"], properties={"seats": 20})
    an_answer(campaign, 1)
    seats = [("field", "seats"), ("operator", "between"), ("value", "10, 30")]

    assert scores(member, query(PLAN, VIP, match="any")) == [5, 9]
    assert scores(member, query(VIP, seats)) == [5]
    grouped = QueryDict(
        "match_1=any&group=1&field=plan&operator=is&value=pro"
        "&group=1&field=tags&operator=includes&value=vip"
        "&group=&field=seats&operator=exists&value="
    )
    assert scores(member, grouped) == [5]


@pytest.mark.parametrize("field", ["email", "last_score", "event.total", "gone", "created_at"])
def test_what_a_snapshot_does_not_keep_is_refused_in_its_row(client, member, campaign, field):
    an_answer(campaign, 9)
    asked = query([("field", field), ("operator", "exists"), ("value", "")])

    response = get(client, "insights:dashboard", asked)

    assert response.status_code == 200
    assert "Answers cannot be filtered by this." in text(response)
    assert response.context["reports"] == []


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(
    field=st.text(max_size=20), operator=st.text(max_size=20), value=st.text(max_size=20),
    group=st.text(max_size=3),
)  # fmt: skip
def test_whatever_an_address_says_is_no_error(member, field, operator, value, group):
    asked = QueryDict(mutable=True)
    asked.update({"field": field, "operator": operator, "value": value, "group": group})

    assert scores(member, asked) == []


# ---- the dashboard and what its numbers lead to


@pytest.mark.parametrize("role", list(Role))
def test_every_member_filters_and_outsiders_answers_are_not_counted(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    an_answer(a_campaign(member.workspace), 9, tags=["vip"])
    an_answer(a_campaign(a_workspace()), 1, tags=["vip"])

    response = get(client, "insights:dashboard", query(VIP))

    [report] = response.context["reports"]
    assert (report.score.score, report.score.total) == (100, 1)


def test_numbers_lead_to_what_they_count(client, member, campaign):
    an_answer(campaign, 9, tags=["vip"])
    an_answer(campaign, 2)
    page = get(client, "insights:dashboard", query(VIP, campaign=str(campaign.id)))
    address = text(page).partition('metric-number"><a href="')[2].partition('"')[0]

    listed = client.get(address.replace("&amp;", "&"))

    assert "field=tags" in address
    assert [one.score for one in listed.context["responses"]] == [9]
    assert "Tags includes vip" in text(listed)


def test_the_page_says_which_facts_count(client, member, campaign):
    an_answer(campaign, 9, tags=["vip"])

    then = text(get(client, "insights:dashboard", query(VIP)))
    now = text(get(client, "insights:dashboard", query(VIP, **{"as": "now"})))

    assert "</strong>, as they were when they answered</span>" in then
    assert "</strong>, as they are now</span>" in now


def test_surveys_and_response_rate_are_those_of_the_same_customers(member, campaign):
    an_answer(campaign, 9, tags=["vip"])
    for tags in (["vip"], []):
        a_sent_survey(campaign, customer=a_customer(member.workspace, tags=tags))
    whom = Whom.asked(member, query(VIP, **{"as": "now"}))

    now = timezone.now()
    [report] = reports(member, Search(), now, basis_of(member, Search(), now, whom))

    assert (report.answered, report.arrived) == (1, 2)


def test_an_address_holds_no_empty_rows(client, member, campaign):
    an_answer(campaign, 9, tags=["vip"])
    empty = [("field", ""), ("operator", "is"), ("value", "")]

    response = get(client, "insights:dashboard", query(VIP, empty, days="30", match="all"))

    assert response.status_code == 302
    kept = parse_qsl(urlsplit(response.url).query, keep_blank_values=True)
    assert kept == [
        ("days", "30"), ("as", "then"), ("match", "all"), ("group", ""), *VIP,
    ]  # fmt: skip
    assert client.get(response.url).status_code == 200


def test_filters_cost_no_query_for_each_answer(
    client, member, campaign, django_assert_max_num_queries
):
    for score in range(10):
        an_answer(campaign, score, tags=["vip"])

    with django_assert_max_num_queries(16):
        get(client, "insights:dashboard", query(VIP))
