from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from afterword.sending.models import State
from afterword.surveys.models import SentBy, Survey
from afterword.surveys.outbox.search import Mark, Search
from afterword.surveys.outbox.status import Status
from afterword.workspaces.models import Role
from tests.factories import (
    a_campaign,
    a_customer,
    a_member,
    a_sent_reminder_of,
    a_sent_survey,
    a_survey,
    a_workspace,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    return signed_in(client, Role.OWNER)


def signed_in(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    return member


def ago(**time):
    return timezone.now() - timedelta(**time)


def sent(campaign, **fields):
    return a_sent_survey(
        campaign, **{"created_at": ago(hours=2), "sent_at": ago(hours=2), **fields}
    )


def page(client, **query):
    return client.get(reverse("surveys:outbox"), query)


def found(client, **query):
    return list(page(client, **query).context["rows"])


def text(response):
    return " ".join(response.content.decode().split())


# ---- who may look


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_the_outbox(client, role):
    member = signed_in(client, role)
    survey = sent(a_campaign(member.workspace, name="After an order"))

    response = page(client)

    assert "After an order" in text(response)
    assert reverse("surveys:survey", args=[survey.id]) in text(response)
    assert reverse("profiles:profile", args=[survey.survey.customer_id]) in text(response)


def test_an_outsider_reads_nothing(client, member):
    campaign = a_campaign(name="Secret campaign")
    survey = sent(campaign)
    sent(a_campaign(member.workspace))

    assert "Secret" not in text(page(client, days="all"))
    assert found(client, campaign=str(campaign.id)) == []
    assert found(client, q=survey.survey.email) == []
    assert page(client).context["numbers"].total == 1


def test_a_visitor_is_asked_to_sign_in(client):
    assert page(client).status_code == 302


# ---- finding


def test_filters_can_be_combined(client, member):
    orders, visits = a_campaign(member.workspace), a_campaign(member.workspace)
    answered = sent(orders, answered_at=ago(hours=1))
    waiting = a_survey(orders, created_at=ago(hours=1))
    old = sent(visits, created_at=ago(days=40))
    reminder = a_sent_reminder_of(old, created_at=ago(minutes=5))

    assert found(client) == [reminder, waiting, answered]
    assert found(client, days="90")[-1] == old
    assert found(client, days="all")[-1] == old
    assert found(client, campaign=str(orders.id)) == [waiting, answered]
    assert found(client, campaign=str(orders.id), status="answered") == [answered]
    assert found(client, status="queued") == [waiting]
    assert found(client, status="was_sent") == [reminder, answered]
    assert found(client, by="reminder") == [reminder]
    assert found(client, by="campaign", status="was_sent") == [answered]
    assert found(client, status="complained") == []


@pytest.mark.parametrize(
    "wanted", ["ann@", "ANN@EXAMPLE.com", "ann", "nov", "Anna No", "anna novák", "Anna"]
)
def test_a_person_is_found_by_the_beginning_of_address_or_name(client, member, wanted):
    campaign = a_campaign(member.workspace)
    ann = a_customer(
        member.workspace, email="ann@example.com", first_name="Anna", last_name="Novák"
    )
    ann = sent(campaign, customer=ann)
    sent(campaign, customer=a_customer(member.workspace, email="joanna@example.com"))

    assert found(client, q=wanted) == [ann]


@pytest.mark.parametrize("wanted", ["%", "_nn", "\x00", "x" * 1000, "' OR 1=1 --"])
def test_odd_searches_find_nothing(client, member, wanted):
    sent(a_campaign(member.workspace))

    response = page(client, q=wanted)

    assert list(response.context["rows"]) == []
    assert "No such survey" in text(response)


def test_what_cannot_be_asked_is_left_out(client, member):
    survey = sent(a_campaign(member.workspace))

    assert found(client, status="x", campaign="x", by="x", days="x", after="x") == [survey]
    assert found(client, campaign=str(uuid4())) == []


def test_a_search_is_read_back_from_its_own_query():
    search = Search(Status.BOUNCED, uuid4(), SentBy.REMINDER, "7", "ann")

    assert Search.of(search.query) == search
    assert Search.of(Search().query) == Search()
    assert Search.of(Search(Mark.SENT).query) == Search(Mark.SENT)


def test_links_keep_the_other_filters(client, member):
    campaign = a_campaign(member.workspace)
    sent(campaign, answered_at=ago(hours=1))

    shown = text(page(client, campaign=str(campaign.id), days="90", after="x"))

    link = f"?campaign={campaign.id}&amp;days=90&amp;status=was_answered"
    assert link in shown


def test_the_list_goes_on_where_a_page_ends(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace)
    at = ago(hours=3)
    surveys = [sent(campaign, customer=customer, created_at=at) for _ in range(60)]

    first = page(client)
    second = page(client, after=first.context["after"])

    shown = [*first.context["rows"], *second.context["rows"]]
    assert shown == sorted(surveys, key=lambda survey: survey.id, reverse=True)
    assert not second.context["after"]


def test_many_surveys_cost_as_many_queries_as_one(client, member, django_assert_num_queries):
    campaign = a_campaign(member.workspace)

    def queries():
        with django_assert_num_queries(
            8
        ):  # session, user, member, list, mails apart, numbers, campaigns, shell
            page(client, status="was_sent")

    sent(campaign)
    queries()
    for _ in range(12):
        sent(campaign)
    queries()


# ---- what is shown


@pytest.mark.slow
def test_every_number_leads_to_as_many_surveys(client, member):
    campaign = a_campaign(member.workspace)
    now = ago(minutes=1)
    sent(campaign)
    sent(campaign, delivered_at=now, machine_opened_at=now)
    sent(campaign, delivered_at=now, machine_opened_at=now, opened_at=now)
    sent(campaign, delivered_at=now, opened_at=now, clicked_at=now, answered_at=now)
    sent(campaign, answered_at=now, complained_at=now, unsubscribed_at=now)
    sent(campaign, state=State.BOUNCED, bounced_at=now, bounce="hard")
    a_survey(campaign, state=State.BOUNCED, created_at=now)
    a_survey(campaign, state=State.HELD, created_at=now)
    a_survey(campaign, created_at=now)

    numbers = page(client).context["numbers"]

    assert numbers.total == 9
    assert numbers.of(Mark.SENT) == 6
    assert numbers.of(Mark.OPENED) == 2
    assert numbers.of(Mark.MACHINE_OPENED) == 1
    assert numbers.of(Mark.BOUNCED) == 2
    assert numbers.of(Mark.WAITING) == 2
    for mark in Mark:
        assert len(found(client, status=mark.value)) == numbers.of(mark), mark
    for status in Status:
        assert len(found(client, status=status.value)) == numbers.by_status.get(status, 0), status
    assert sum(sum(column.values) for column in numbers.columns) == 9


def test_the_response_rate_leaves_out_what_bounced(client, member):
    campaign = a_campaign(member.workspace)
    sent(campaign, answered_at=ago(hours=1))
    sent(campaign)
    sent(campaign, state=State.BOUNCED, bounced_at=ago(hours=1))

    response = page(client)
    assert response.context["numbers"].response_rate == 50
    assert "33 %" in response.content.decode()  # of what was tried, bounced


def test_the_response_rate_is_of_surveys_however_many_mails_each_took(client, member):
    campaign = a_campaign(member.workspace)
    by_reminder, ignored = sent(campaign, answered_at=ago(hours=1)), sent(campaign)
    a_sent_reminder_of(by_reminder, answered_at=ago(hours=1))
    a_sent_reminder_of(ignored)
    a_sent_reminder_of(ignored)

    numbers = page(client).context["numbers"]

    assert (numbers.answered, numbers.arrived, numbers.response_rate) == (1, 2, 50)
    assert (numbers.of(Mark.SENT), numbers.tried) == (5, 5)
    assert page(client, by="reminder").context["numbers"].response_rate is None


def test_answers_that_needed_no_mail_are_no_percentage_of_the_mails(client, member):
    campaign = a_campaign(member.workspace)
    sent(campaign)
    for _ in range(3):
        sent(campaign, state=State.CANCELLED, sent_at=None, answered_at=ago(hours=1))

    response = page(client)

    assert response.context["numbers"].of(Mark.ANSWERED) == 3
    assert "Response rate: <strong>0 %</strong>" in text(response)
    assert "300 %" not in text(response)


def test_the_numbers_are_of_every_status_whichever_is_listed(client, member):
    campaign = a_campaign(member.workspace)
    sent(campaign)
    sent(campaign, answered_at=ago(hours=1))

    response = page(client, status="answered")

    assert len(response.context["rows"]) == 1
    assert response.context["numbers"].of(Mark.SENT) == 2


@pytest.mark.parametrize(
    ("days", "unit", "columns"), [("7", "day", 8), ("90", "day", 91), ("365", "week", 53)]
)
def test_the_picture_has_a_column_for_each_day_or_week(client, member, days, unit, columns):
    sent(a_campaign(member.workspace))

    numbers = page(client, days=days).context["numbers"]

    assert numbers.unit == unit
    assert columns <= len(numbers.columns) <= columns + 1


def test_all_time_begins_with_the_first_survey(client, member):
    campaign = a_campaign(member.workspace)
    sent(campaign, created_at=ago(days=1000))
    sent(campaign)

    numbers = page(client, days="all").context["numbers"]

    assert numbers.unit == "month"
    assert sum(numbers.columns[0].values) == 1


def test_a_very_long_outbox_is_counted_in_part(client, member, monkeypatch):
    monkeypatch.setattr("afterword.surveys.outbox.numbers.MOST", 3)
    campaign = a_campaign(member.workspace)
    for hours in range(5):
        sent(campaign, created_at=ago(hours=hours))

    response = page(client)

    assert response.context["numbers"].is_capped
    assert response.context["numbers"].total == 3
    assert "Only the newest" in text(response)


def test_the_mail_servers_words_are_shown_and_never_run(client, member):
    words = "550 5.1.1 <script>alert(1)</script> no such user " + "x" * 500
    customer = a_customer(member.workspace, first_name="<img src=x onerror=alert(1)>")
    a_survey(
        a_campaign(member.workspace, name="<b>Bold</b>"),
        customer=customer,
        state=State.BOUNCED,
        bounce="hard",
        bounced_at=ago(hours=1),
        server_reply=words,
        subject="<script>alert(2)</script>",
        created_at=ago(hours=1),
    )

    shown = text(page(client))

    assert "&lt;script&gt;alert(1)" in shown
    for never in ("<script>alert", "<img src=x", "<b>Bold"):
        assert never not in shown
    assert "x" * 200 not in shown
    assert "Hard-bounced" in shown


def test_an_open_by_a_machine_is_marked_and_is_no_open(client, member):
    survey = sent(a_campaign(member.workspace), machine_opened_at=ago(hours=1))

    response = page(client)

    assert "opened by a machine" in text(response)
    assert found(client, status="opened") == []
    assert found(client, status="sent") == [survey]


def test_a_deleted_customer_leaves_the_record(client, member):
    survey = sent(a_campaign(member.workspace))
    survey.survey.customer.delete()

    assert survey.survey.email in text(page(client))
    assert "customer deleted" in text(page(client))


def test_who_was_claimed_by_a_link_is_not_called_deleted(client, member):
    survey = sent(a_campaign(member.workspace))
    survey.survey.customer.delete()
    Survey.objects.update(detail={"claimed": True})

    of_survey = client.get(reverse("surveys:survey", args=[survey.id]))

    for shown in (text(page(client)), text(of_survey)):
        assert "claimed, no customer" in shown
        assert "customer deleted" not in shown


def test_an_empty_outbox_says_what_to_do(client, member):
    sent(a_campaign(a_workspace()))

    shown = text(page(client))

    assert "Nothing was sent yet" in shown
    assert reverse("campaigns:list") in shown


def test_a_quiet_period_offers_all_time(client, member):
    sent(a_campaign(member.workspace), created_at=ago(days=200))

    shown = text(page(client))

    assert "No such survey" in shown
    assert "?days=all" in shown
    assert Survey.objects.count() == 1
