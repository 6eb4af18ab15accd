from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from afterword.api.tests.rows import a_response
from afterword.customers.companies import place
from afterword.customers.models import Company
from afterword.customers.upsert import new_record
from afterword.insights.companies.figures import figures_of, months_of
from afterword.insights.companies.tally import count, count_due
from afterword.insights.models import CompaniesCounted, CompanyTally
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey, a_workspace

pytestmark = pytest.mark.django_db
LIST = "/customers/companies"


@pytest.fixture
def member(client):
    member = a_member(role=Role.MEMBER)
    client.force_login(member.user)
    return member


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


@pytest.fixture
def acme(member):
    return a_company(member.workspace)


def a_company(workspace, name="Acme", **fields):
    key = fields.pop("key", name.lower())
    return Company.objects.create(workspace=workspace, name=name, key=key, **fields)


def someone(company, **fields):
    return a_customer(company.workspace, company=company, **fields)


def answered(campaign, customer, score, at=NOW, **fields):
    survey = a_sent_survey(campaign, customer=customer, sent_at=at, created_at=at)
    return a_response(survey, score, at, **fields)


def page_of(company, rest=""):
    return f"{LIST}/{company.id}{rest}"


def seen(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# ---- figures


def test_the_latest_answer_of_each_customer_makes_the_score(campaign, acme):
    ann, bob = someone(acme), someone(acme)
    answered(campaign, ann, 0, NOW - timedelta(days=400))
    answered(campaign, ann, 10)
    answered(campaign, bob, 3)
    answered(campaign, bob, 10, NOW + timedelta(days=1), counts=False)

    figures = figures_of([acme.id])[acme.id]

    score = figures.by_metric[Metric.NPS].score
    assert (score.score, score.total) == (0, 2)
    assert (figures.customers, figures.answers, figures.last_answer_at) == (2, 3, NOW)


def test_the_figures_of_many_cost_two_queries(campaign, django_assert_num_queries):
    companies = [a_company(campaign.workspace, f"Company {n}") for n in range(5)]
    name = a_company(campaign.workspace, "Old", merged_into=companies[0])
    for company in (*companies, name):
        answered(campaign, someone(company), 9)

    with django_assert_num_queries(2):
        found = figures_of([one.id for one in companies])

    assert [found[one.id].answers for one in companies] == [2, 1, 1, 1, 1]


# ---- pages


def test_the_list_shows_what_each_company_amounts_to(client, campaign, acme):
    answered(campaign, someone(acme), 9)
    a_company(campaign.workspace, "Nobody's")

    shown = seen(client, LIST)

    assert page_of(acme) in shown
    assert "100" in shown
    assert "NPS" in shown
    assert "Nobody" not in shown


@pytest.mark.parametrize("order", ["name", "customers", "answer", "newest"])
def test_pages_of_each_order_show_each_company_once(client, campaign, order, monkeypatch):
    monkeypatch.setattr("afterword.insights.companies.order.SIZE", 2)
    companies = [a_company(campaign.workspace, name) for name in ("B", "a", "C", "d", "É")]
    for number, company in enumerate(companies):
        people = [someone(company) for _ in range(1 + number % 2)]
        if number > 2:
            answered(campaign, people[0], 9, NOW + timedelta(days=number))

    count(campaign.workspace_id, timezone.now())

    found, after = [], ""
    while True:
        answer = client.get(LIST, {"order": order, "after": after})
        found += [str(company) for company, _ in answer.context["companies"]]
        if not (after := answer.context["after"]):
            break

    assert sorted(found) == sorted(map(str, companies))
    if order == "name":
        assert found == ["a", "B", "C", "d", "É"]
    if order == "answer":
        assert found[:2] == ["É", "d"]
    if order == "customers":
        assert set(found[:2]) == {"a", "d"}


@pytest.mark.parametrize("order", ["name", "customers", "answer", "newest", "junk"])
@pytest.mark.parametrize(
    "after", ["junk", "[]", '["x"]', '["\\u0000", 1]', '[1e400, "x"]', "[" * 9_999, "7"]
)
def test_a_cursor_that_is_junk_is_the_first_page(client, acme, order, after):
    someone(acme)
    count(acme.workspace_id, timezone.now())

    answer = client.get(LIST, {"order": order, "after": after})

    assert [company for company, _ in answer.context["companies"]] == [acme]


@pytest.mark.parametrize(("wanted", "finds"), [("cm", 1), ("LTD", 1), ("acme.co", 1), ("zz", 0)])
def test_companies_are_found_by_a_part_of_any_name(client, acme, wanted, finds):
    someone(acme)
    a_company(acme.workspace, "Best Ltd", merged_into=acme)
    a_company(acme.workspace, "acme.com", key="@acme.com", merged_into=acme)

    assert len(client.get(LIST, {"q": wanted}).context["companies"]) == finds


def test_the_page_shows_who_answered_who_stays_silent_and_who_was_not_asked(client, campaign, acme):
    name = a_company(acme.workspace, "Acme Ltd", merged_into=acme)
    answered(campaign, someone(acme, first_name="Ann"), 9, comment="Quick and kind")
    a_sent_survey(campaign, customer=someone(name, first_name="Bob"))
    someone(acme, first_name="Cyd")
    a_customer(acme.workspace, first_name="Elsewhere")

    answer = client.get(page_of(acme))

    people = {one.customer.first_name: one for one in answer.context["people"]}
    shown = answer.content.decode()
    assert {name: one.is_silent for name, one in people.items()} == {
        "Ann": False, "Bob": True, "Cyd": False,
    }  # fmt: skip
    assert all(word in shown for word in ("Quick and kind", "Silent", "not asked yet", "Acme Ltd"))


def test_who_answered_once_and_is_silent_since_is_shown_so(client, campaign, acme):
    ann = someone(acme)
    answered(campaign, ann, 9)
    a_sent_survey(campaign, customer=ann, sent_at=NOW + timedelta(days=90))

    assert "asked again" in seen(client, page_of(acme))


def test_a_month_counts_its_own_answers_of_each_customer_the_latest(campaign, acme):
    ann = someone(acme)
    answered(campaign, ann, 0, NOW - timedelta(minutes=2))
    answered(campaign, ann, 10, NOW - timedelta(minutes=1))
    answered(campaign, someone(acme), 0, NOW - timedelta(days=40))
    answered(campaign, someone(acme), 5, NOW - timedelta(days=500))

    months = months_of(acme.id, ZoneInfo("Europe/Prague"), NOW)[Metric.NPS]

    assert [f"{month.starts:%b %Y}" for month in (months[0], months[-1])] == [
        "Dec 2025",
        "Nov 2026",
    ]
    assert [(month.starts.month, month.score) for month in months if month.answers] == [
        (9, -100), (11, 100),
    ]  # fmt: skip


def test_the_page_draws_the_months_and_tells_them_in_a_table(client, campaign, acme):
    answered(campaign, someone(acme), 10, timezone.now())

    shown = seen(client, page_of(acme))

    assert 'data-course="nps"' in shown
    assert "NPS by month" in shown


def test_customers_and_feedback_have_pages_of_their_own(client, campaign, acme):
    answered(campaign, someone(acme, first_name="Ann"), 9, comment="Quick and kind")

    assert "Ann" in seen(client, page_of(acme, "/customers"))
    assert "Quick and kind" in seen(client, page_of(acme, "/feedback"))


def test_a_name_leads_to_its_company(client, acme):
    name = a_company(acme.workspace, "Acme Ltd", merged_into=acme)

    assert client.get(page_of(name)).url == page_of(acme)
    assert client.get(page_of(name, "/customers")).status_code == 404


def test_the_name_leads_there_from_profile_feedback_and_customers(client, campaign, acme):
    ann = someone(acme, company_name="ACME", first_name="Ann")
    answered(campaign, ann, 9)

    for address in (f"/customers/{ann.id}", "/feedback", "/customers"):
        assert page_of(acme) in seen(client, address)


def test_a_profile_names_the_company_of_the_domain(client, member):
    domain = a_company(member.workspace, "acme.test", key="@acme.test")
    ann = someone(domain)

    assert page_of(domain) in seen(client, f"/customers/{ann.id}")


# ---- actions


def test_a_company_is_called_otherwise(client, acme):
    answer = client.post(page_of(acme, "/edit"), {"name": "The Acme Group"})

    acme.refresh_from_db()
    assert answer.url == page_of(acme)
    assert (acme.name, acme.key) == ("The Acme Group", "acme")


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 201])
def test_a_bad_name_is_an_error_at_its_field(client, acme, name):
    answer = client.post(page_of(acme, "/edit"), {"name": name})

    assert answer.status_code == 422
    assert "id_name_error" in answer.content.decode()


def test_names_are_added_and_taken_out_and_put_back(client, acme):
    client.post(page_of(acme, "/names"), {"name": "@acme.test"})
    name = acme.aliases.get()

    client.post(page_of(acme, "/names/removal"), {"name": name.id})
    assert not acme.aliases.exists()

    client.post(page_of(acme, "/names/undo"))
    assert acme.aliases.get() == name


@pytest.mark.parametrize("said", ["@gmail.com", "ACME", "two\nlines", "\x00", ""])
def test_a_name_that_cannot_be_added_is_an_error_at_its_field(client, acme, said):
    answer = client.post(page_of(acme, "/names"), {"name": said})

    assert answer.status_code == 422
    assert "id_name_error" in answer.content.decode()


def test_merging_asks_and_can_be_undone(client, campaign, acme):
    umbrella = a_company(acme.workspace, "Umbrella")
    answered(campaign, someone(umbrella), 9)

    asked = client.post(page_of(acme, "/names"), {"name": "umbrella"})
    umbrella.refresh_from_db()
    assert (asked.status_code, umbrella.merged_into) == (409, None)
    assert "1 customer and 1 answer" in asked.content.decode()

    client.post(page_of(acme, "/names"), {"name": "umbrella", "merge": str(umbrella.id)})
    umbrella.refresh_from_db()
    assert umbrella.merged_into == acme
    assert figures_of([acme.id])[acme.id].answers == 1

    client.post(page_of(acme, "/merge/undo"))
    umbrella.refresh_from_db()
    assert umbrella.merged_into is None


def test_a_company_is_excluded_and_included(client, acme):
    someone(acme)

    def listed(show=""):
        return [one for one, _ in client.get(LIST, {"show": show}).context["companies"]]

    client.post(page_of(acme, "/exclusion"))
    assert (listed(), listed("excluded")) == ([], [acme])
    assert "no part of the list" in seen(client, page_of(acme))

    client.post(page_of(acme, "/inclusion"))
    assert (listed(), listed("excluded")) == ([acme], [])


# ---- access

READ = ["", "/customers", "/feedback"]
CHANGE = ["/edit", "/names"]
POSTS = [
    *CHANGE, "/names/removal", "/names/undo", "/merge/undo", "/exclusion", "/inclusion",
]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_and_analysts_change_nothing(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    acme = a_company(member.workspace)

    reads = [client.get(page_of(acme, rest)).status_code for rest in READ]
    forms = [client.get(page_of(acme, rest)).status_code for rest in CHANGE]
    posts = [client.post(page_of(acme, rest)).status_code for rest in POSTS]

    assert client.get(LIST).status_code == 200
    assert reads == [200] * len(READ)
    assert set(forms) == ({403} if role == Role.ANALYST else {200})
    assert (set(posts) == {403}) is (role == Role.ANALYST)


def test_outsiders_find_nothing(client, member):
    elsewhere = a_company(a_workspace(), "Secret Inc")
    someone(elsewhere)

    answers = [client.get(page_of(elsewhere, rest)) for rest in READ + CHANGE]
    answers += [client.post(page_of(elsewhere, rest)) for rest in POSTS]

    assert {answer.status_code for answer in answers} == {404}
    assert "Secret" not in seen(client, LIST)


def test_strangers_are_sent_to_the_sign_in_page(client, acme):
    client.logout()

    assert client.get(LIST).url.startswith("/accounts/login/")
    assert client.get(page_of(acme)).url.startswith("/accounts/login/")


# ---- counted by the clock


def tallies(workspace):
    rows = CompanyTally.objects.filter(workspace=workspace, company__merged_into=None)
    return dict(rows.values_list("company__name", "customers"))


def test_a_count_is_of_whole_companies_and_follows_what_changes(campaign, acme):
    name = a_company(acme.workspace, "Acme Ltd", merged_into=acme)
    empty, elsewhere = a_company(acme.workspace, "Empty"), a_company(a_workspace())
    ann, bob = someone(acme), someone(name)
    answered(campaign, bob, 9, NOW)
    someone(elsewhere)

    count_due(NOW)
    ann.delete()
    count_due(NOW + timedelta(seconds=59))
    before = tallies(acme.workspace)
    count_due(NOW + timedelta(minutes=1))

    assert before == {"Acme": 2, "Empty": 0}
    assert tallies(acme.workspace) == {"Acme": 1, "Empty": 0}
    assert tallies(elsewhere.workspace) == {"Acme": 1}
    assert acme.tally.last_answer_at == NOW
    assert empty.tally.last_answer_at.year == 1970


def test_a_workspace_whose_count_takes_long_is_counted_less_often(acme):
    count_due(NOW)
    CompaniesCounted.objects.update(seconds=3)
    someone(acme)

    count_due(NOW + timedelta(seconds=149))
    assert tallies(acme.workspace) == {"Acme": 0}

    count_due(NOW + timedelta(seconds=150))
    assert tallies(acme.workspace) == {"Acme": 1}


@pytest.mark.parametrize("order", ["customers", "answer"])
def test_a_company_made_since_the_count_is_shown_after_those_that_were_counted(
    client, campaign, acme, order, monkeypatch
):
    monkeypatch.setattr("afterword.insights.companies.order.SIZE", 1)
    answered(campaign, someone(acme), 9)
    count(acme.workspace_id, timezone.now())
    bob = new_record("bob@beta.com", "Segment", NOW)
    place(acme.workspace_id, [bob], NOW)
    a_customer(acme.workspace, company_id=bob.company_id)

    first = client.get(LIST, {"order": order})
    then = client.get(LIST, {"order": order, "after": first.context["after"]})

    assert [company for company, _ in first.context["companies"]] == [acme]
    [(company, figures)] = then.context["companies"]
    assert (company.id, figures.customers) == (bob.company_id, 1)
    assert tallies(acme.workspace) == {"Acme": 1, "beta.com": 0}


def test_a_name_that_is_taken_out_since_the_count_is_a_company_of_the_list(client, acme):
    count(acme.workspace_id, timezone.now())
    name = a_company(acme.workspace, "Acme Ltd", merged_into=acme)
    someone(name)
    Company.objects.filter(id=name.id).update(merged_into=None)

    answer = client.get(LIST, {"order": "customers"})

    assert [company for company, _ in answer.context["companies"]] == [name]


def test_the_page_says_of_when_its_order_is_and_before_a_count_it_goes_by_name(client, acme):
    someone(acme)

    before = client.get(LIST, {"order": "customers"})
    count(acme.workspace_id, timezone.now())

    assert before.context["order"] == "name"
    assert [company for company, _ in before.context["companies"]] == [acme]
    assert "for this order; the numbers are" in seen(client, f"{LIST}?order=customers")
    assert "for this order; the numbers are" not in seen(client, LIST)


@pytest.mark.parametrize("order", ["name", "customers", "answer", "newest"])
def test_a_page_costs_as_many_queries_for_many_companies(
    client, campaign, order, django_assert_max_num_queries
):
    for number in range(30):
        someone(a_company(campaign.workspace, f"Company {number}"))
    count(campaign.workspace_id, timezone.now())

    with django_assert_max_num_queries(14):
        assert len(client.get(LIST, {"order": order}).context["companies"]) == 30
