from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from afterword.customers.models import Change, Customer, Tag
from afterword.customers.tags import keep_tags
from afterword.decisions.models import Decision
from afterword.feedback.answering.answer import record_answer
from afterword.feedback.models import Response
from afterword.long_work.models import Work
from afterword.long_work.start import cancel
from afterword.long_work.turn import work_once
from afterword.profiles.bulk import work as bulk_work
from afterword.profiles.bulk.acts.survey import SEND_SURVEY
from afterword.sending.models import State
from afterword.suppressions.models import Suppression
from afterword.surveys.models import Survey
from afterword.workspaces.models import Role
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_member,
    a_property,
    a_sent_survey,
    a_survey,
    a_workspace,
    mail_of,
)
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


def text(response):
    return " ".join(response.content.decode().split())


def ask(client, act, *ticked, query=""):
    """Open the page that asks."""
    scope = "ticked" if ticked else "all"
    ids = [one.id for one in ticked]
    return client.get(
        reverse("bulk:act"), {"act": act, "scope": scope, "customer": ids, "query": query}
    )


def do(client, act, *ticked, query="", **said):
    """Confirm it, and let it be done; return what the page of the work says."""
    response = begin(client, act, *ticked, query=query, **said)
    assert response.status_code == 302, text(response)
    work_until_done()
    return text(client.get(response.url))


def begin(client, act, *ticked, query="", **said):
    hidden = dict(ask(client, act, *ticked, query=query).context["selection"].pairs)
    ids = [one.id for one in ticked]
    return client.post(reverse("bulk:act"), {**hidden, "act": act, "customer": ids, **said})


def tags_of(*customers):
    return [Customer.objects.get(id=one.id).tags for one in customers]


# ---- whom


def test_what_is_ticked_is_meant_and_nobody_else(client, member):
    ann, bob = (a_customer(member.workspace) for _ in range(2))

    page = do(client, "add_tag", ann, tags="vip, new")

    assert tags_of(ann, bob) == [["vip", "new"], []]
    assert "Add the tag vip, new" in page
    assert "Done" in page
    change = Change.objects.get()
    assert (change.customer_id, change.fields, change.by) == (ann.id, ["tags"], member.user)
    assert set(Tag.objects.values_list("name", flat=True)) == {"vip", "new"}


def test_all_that_match_is_the_filter_and_not_a_page(client, member, monkeypatch):
    monkeypatch.setattr(bulk_work, "BATCH", 3)
    wanted = [a_customer(member.workspace, city="Brno") for _ in range(7)]
    other = a_customer(member.workspace, city="Oslo")

    query = "field=city&operator=is&value=Brno&group="
    assert "All 7 customers with City is Brno" in text(ask(client, "add_tag", query=query))
    page = do(client, "add_tag", query=query, tags="vip")

    assert tags_of(*wanted, other) == [["vip"]] * 7 + [[]]
    assert "7 of 7 customers" in page


def test_who_leaves_the_list_by_it_disturbs_nobody(client, member, monkeypatch):
    monkeypatch.setattr(bulk_work, "BATCH", 2)
    wanted = [a_customer(member.workspace, tags=["old"]) for _ in range(5)]
    keep_tags(member.workspace_id, ["old"], NOW)

    do(client, "remove_tag", query="field=tags&operator=includes&value=old&group=", tag="old")

    assert tags_of(*wanted) == [[]] * 5


def test_who_came_after_the_question_is_left_alone(client, member):
    asked = ask_about_one(client, member)
    late = a_customer(member.workspace)

    client.post(reverse("bulk:act"), {**asked, "tags": "vip"})
    work_until_done()

    assert tags_of(late) == [[]]


def test_no_more_are_deleted_than_were_confirmed(client, member, monkeypatch):
    monkeypatch.setattr(bulk_work, "BATCH", 2)
    for _ in range(3):
        a_customer(member.workspace, city="Brno")
    movers = [a_customer(member.workspace, city="Oslo") for _ in range(3)]
    query = "field=city&operator=is&value=Brno&group="

    begin(client, "delete", query=query, number="3")
    Customer.objects.filter(id__in=[one.id for one in movers]).update(city="Brno")
    work_until_done()

    work = Work.objects.get()
    assert (work.done, Customer.objects.count()) == (3, 3)
    assert work.ended_at


@pytest.mark.parametrize(("said", "done"), [("1", 1), ("", 2), ("many", 2), ("9" * 30, 2)])
def test_who_came_to_match_after_the_question_adds_nobody_to_it(client, member, said, done):
    a_customer(member.workspace, city="Brno")
    mover = a_customer(member.workspace, city="Oslo")
    query = "field=city&operator=is&value=Brno&group="
    page = ask(client, "add_tag", query=query)
    assert 'name="count" value="1"' in text(page)
    Customer.objects.filter(id=mover.id).update(city="Brno")

    hidden = dict(page.context["selection"].pairs)
    client.post(reverse("bulk:act"), {**hidden, "act": "add_tag", "tags": "vip", "count": said})
    work_until_done()

    assert Customer.objects.filter(tags=["vip"]).count() == done


def ask_about_one(client, member):
    a_customer(member.workspace)
    return {**dict(ask(client, "add_tag").context["selection"].pairs), "act": "add_tag"}


def test_the_same_form_sent_twice_starts_it_once(client, member):
    asked = {**ask_about_one(client, member), "tags": "vip", "key": str(uuid4())}

    first, second = (client.post(reverse("bulk:act"), asked) for _ in range(2))

    assert first.url == second.url
    assert Work.objects.count() == 1


def test_nobody_ticked_says_so(client, member):
    a_customer(member.workspace)

    response = client.get(reverse("bulk:act"), {"act": "add_tag", "scope": "ticked"})

    assert "Nobody is ticked" in text(response)


@pytest.mark.parametrize("act", ["", "nonsense"])
def test_an_act_that_there_is_not_is_not_found(client, member, act):
    assert ask(client, act).status_code == 404


# ---- what


def test_left_out_is_told_with_its_reason(client, member):
    had = a_customer(member.workspace, tags=["vip"])
    new = a_customer(member.workspace)

    page = do(client, "add_tag", had, new, tags="vip")

    assert 'Tagged</dt><dd><span class="number">1<' in page
    assert "Left out: Had it, or have 1,000 tags already" in page


@pytest.mark.parametrize(
    ("type_", "said", "kept"),
    [
        ("text", "pro", "pro"),
        ("number", "3.5", 3.5),
        ("date", "2026-01-31", "2026-01-31T00:00:00Z"),
        ("collection", "a, b", ["a", "b"]),
        ("text", "", None),
    ],
)
def test_a_property_is_set_by_its_type_or_taken_away(client, member, type_, said, kept):
    a_property(member.workspace, "plan", type_)
    customer = a_customer(member.workspace, properties={"plan": "before"})

    do(client, "set_property", customer, name="plan", value=said)

    assert Customer.objects.get().properties.get("plan") == kept


def test_a_value_that_does_not_fit_is_refused_at_its_field(client, member):
    a_property(member.workspace, "seats", "number")
    customer = a_customer(member.workspace)

    response = begin(client, "set_property", customer, name="seats", value="many")

    assert response.status_code == 422
    assert "a number such as 39.95" in text(response)
    assert not Work.objects.exists()


def test_a_property_that_was_deleted_meanwhile_is_not_made_again(client, member):
    plan = a_property(member.workspace, "plan")
    customer = a_customer(member.workspace)
    begin(client, "set_property", customer, name="plan", value="pro")
    plan.delete()

    work_until_done()

    assert Customer.objects.get().properties == {}
    assert Work.objects.get().report["left_out"] == {
        "The property was deleted or renamed meanwhile": 1
    }


@pytest.mark.parametrize(
    ("said", "kept", "left_out"),
    [
        ("12", 12, {}),
        ("many", 3, {"It does not fit the property's type, which is number by now": 1}),
    ],
)
def test_a_property_whose_type_was_changed_meanwhile_is_set_by_the_new_one(
    client, member, said, kept, left_out
):
    seats = a_property(member.workspace, "seats")
    customer = a_customer(member.workspace, properties={"seats": 3})
    begin(client, "set_property", customer, name="seats", value=said)
    seats.type = "number"
    seats.save()

    work_until_done()

    assert Customer.objects.get().properties == {"seats": kept}
    assert Work.objects.get().report["left_out"] == left_out


def test_a_survey_is_queued_for_each_who_may_be_mailed(client, member):
    campaign = a_campaign(member.workspace, activated_at=None)
    ann = a_customer(member.workspace)
    gone = a_customer(member.workspace)
    do(client, "unsubscribe", gone)
    nowhere = a_customer(member.workspace, email=None)

    page = do(client, "send_survey", ann, gone, nowhere, campaign=campaign.id)

    assert [survey.customer for survey in Survey.objects.all()] == [ann]
    assert "Left out: Unsubscribed" in page
    assert "Left out: No e-mail address" in page
    assert Decision.objects.count() == 3


def test_a_batch_that_is_done_again_asks_nobody_twice(client, member):
    campaign = a_campaign(member.workspace)
    ann = a_customer(member.workspace)
    begin(client, "send_survey", ann, campaign=campaign.id)
    work = Work.objects.get()

    first = SEND_SURVEY.do(work, [ann.id], timezone.now())
    again = SEND_SURVEY.do(work, [ann.id], timezone.now())

    assert (first.done, again.done) == (1, 1)
    assert Survey.objects.count() == 1


def test_unsubscribing_many_keeps_who_and_why(client, member):
    ann, bob = (a_customer(member.workspace) for _ in range(2))

    do(client, "unsubscribe", ann, bob, note="They closed shop")

    assert not Customer.objects.filter(unsubscribed_at=None).exists()
    stops = Suppression.objects.all()
    assert {(stop.by, stop.note) for stop in stops} == {(member.user, "They closed shop")}


def test_deleting_many_asks_for_their_number(client, member):
    customers = [a_customer(member.workspace) for _ in range(3)]

    refused = begin(client, "delete", *customers, number="4")

    assert refused.status_code == 422
    assert "Nothing is deleted. To delete them, type 3." in text(refused)
    assert "It cannot be undone." in text(refused)

    do(client, "delete", *customers, number="3")

    assert not Customer.objects.exists()


def test_of_those_who_are_deleted_answers_stay_and_what_waits_is_cancelled(client, member):
    campaign = a_campaign(member.workspace)
    customer = a_customer(member.workspace, first_name="Ann")
    record_answer(a_sent_survey(campaign, customer=customer), 9, "", NOW, submitted=True)
    waiting = a_survey(campaign, customer=customer, due_at=NOW + timedelta(days=9))

    do(client, "delete", customer, number="1")

    assert Response.objects.get().customer is None
    assert mail_of(waiting).state == State.CANCELLED


def test_the_last_survey_of_many_is_reset(client, member):
    asked = a_customer(member.workspace, last_surveyed_at=NOW)
    never = a_customer(member.workspace)

    page = do(client, "reset_last_survey", asked, never)

    assert not Customer.objects.exclude(last_surveyed_at=None).exists()
    assert [change.fields for change in Change.objects.all()] == [["last_surveyed_at"]]
    assert "Left out: Were not surveyed yet" in page


# ---- as long work


def test_a_worker_that_is_killed_goes_on_where_it_was(client, member, monkeypatch):
    monkeypatch.setattr(bulk_work, "BATCH", 2)
    customers = [a_customer(member.workspace) for _ in range(5)]
    begin(client, "add_tag", tags="vip")
    assert work_once()
    assert [tags for tags in tags_of(*customers) if tags] == [["vip"]] * 2

    work_until_done()

    work = Work.objects.get()
    assert (work.done, work.report) == (5, {"done": 5, "left_out": {}})


def test_what_was_done_before_it_was_cancelled_stays(client, member, monkeypatch):
    monkeypatch.setattr(bulk_work, "BATCH", 2)
    customers = [a_customer(member.workspace) for _ in range(5)]
    begin(client, "add_tag", tags="vip")
    work_once()

    cancel(Work.objects.get(), timezone.now())
    work_until_done()

    assert len([tags for tags in tags_of(*customers) if tags]) == 2


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("add_tag", {"tags": "vip"}),
        ("set_property", {"name": "plan", "value": "pro"}),
        ("send_survey", {"campaign": None}),
        ("unsubscribe", {}),
        ("reset_last_survey", {}),
        ("delete", {"number": None}),
    ],
)
def test_many_cost_as_many_queries_as_a_few(client, member, act, said):
    a_property(member.workspace, "plan")
    campaign = a_campaign(member.workspace)
    said = {**said, "campaign": campaign.id} if "campaign" in said else said

    def queries(number):
        customers = [
            a_customer(member.workspace, last_surveyed_at=NOW, tags=["x"]) for _ in range(number)
        ]
        more = {"number": number} if "number" in said else {}
        begin(client, act, *customers, **{**said, **more})
        with CaptureQueriesContext(
            connection,
        ) as asked:
            work_once()
        return len(asked)

    queries(1)  # what is made once
    assert queries(20) <= queries(2)


# ---- who may


@pytest.mark.parametrize("role", list(Role))
def test_an_analyst_exports_and_does_nothing_else(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    customer = a_customer(member.workspace)
    said = {"act": "add_tag", "scope": "ticked", "customer": customer.id, "tags": "vip"}

    asked = client.get(reverse("bulk:act"), said)
    done = client.post(reverse("bulk:act"), said)
    work_until_done()

    assert asked.status_code == (200 if role.may_change else 403)
    assert done.status_code == (302 if role.may_change else 403)
    assert tags_of(customer) == [["vip"] if role.may_change else []]
    assert client.get(reverse("bulk:export"), said).status_code == 200
    assert ("Add a tag" in text(client.get(reverse("customers:list")))) is role.may_change


def test_nobody_acts_for_the_customers_of_others(client, member):
    stranger = a_customer(a_workspace())
    said = {"act": "add_tag", "scope": "ticked", "customer": stranger.id, "tags": "vip"}

    response = client.post(reverse("bulk:act"), said)

    assert "Nobody is ticked" in text(response)
    assert tags_of(stranger) == [[]]


def test_a_visitor_is_asked_to_sign_in(client):
    for page in ("act", "export"):
        assert client.get(reverse(f"bulk:{page}")).status_code == 302
