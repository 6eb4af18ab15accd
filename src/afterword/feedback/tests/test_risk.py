from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.api.tests.rows import a_response
from afterword.audience.definition import compile_audience
from afterword.audience.sql import matching
from afterword.customers.models import Customer
from afterword.feedback.models import Response
from afterword.feedback.risk.judge import judge
from afterword.feedback.risk.judge_due import judge_customers
from afterword.feedback.risk.models import AtRisk, RiskRule
from afterword.feedback.risk.why import Facts, Reason, Rule, why
from afterword.followups.models import Delivery
from afterword.followups.notifications.telling import messages_of
from afterword.happenings.listen import listen
from afterword.happenings.models import Happening, HappeningKind
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey
from tests.followups import a_notification, read_all

DAY = timedelta(days=1)


def facts(score=9, before=None, unanswered=0, age=DAY, metric=Metric.NPS):
    return Facts(metric, score, NOW - age, before, unanswered)


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (facts(), None),
        (facts(6), Reason.WORST),
        (facts(7), None),
        (facts(6, age=90 * DAY), Reason.WORST),
        (facts(6, age=91 * DAY), None),
        (facts(7, before=10), Reason.FELL),
        (facts(7, before=9), None),
        (facts(7, before=10, age=91 * DAY), None),
        (facts(3, before=5, metric=Metric.STAR), Reason.FELL),
        (facts(4, before=5, metric=Metric.STAR), None),
        (facts(unanswered=2, age=900 * DAY), Reason.SILENT),
        (facts(unanswered=1), None),
        (facts(2, metric=Metric.CSAT, unanswered=5), Reason.WORST),
    ],
)
def test_each_sentence_of_the_rule(known, reason):
    assert why(Rule(), known, NOW) is reason


def test_a_part_without_its_number_is_no_reason():
    off = Rule(worst_days=None, fall_percent=None, silent_surveys=None)

    assert why(off, facts(0, before=10, unanswered=9), NOW) is None


# ---- with rows


@pytest.fixture
def campaign(db):
    campaign = a_campaign()
    RiskRule.objects.create(workspace=campaign.workspace, judged_at=NOW - DAY)
    return campaign


def answered(campaign, score, at=NOW, customer=None, **fields):
    customer = customer or a_customer(campaign.workspace)
    a_response(a_sent_survey(campaign, customer=customer, sent_at=at), score, at, **fields)
    return customer


def asked(campaign, customer, at):
    return a_sent_survey(campaign, customer=customer, sent_at=at, created_at=at)


def test_who_answers_badly_is_at_risk_until_they_answer_well(campaign):
    ann = answered(campaign, 3)
    answered(campaign, 9)

    judge_customers(NOW)
    assert [one.customer for one in AtRisk.objects.all()] == [ann]
    assert AtRisk.objects.get().words == "the last answer was NPS 3"

    answered(campaign, 9, NOW + DAY, ann)
    judge_customers(NOW + DAY)
    assert not AtRisk.objects.exists()


def test_since_when_stays_and_the_reason_is_todays(campaign):
    ann = answered(campaign, 3)
    judge_customers(NOW)

    answered(campaign, 2, NOW + DAY, ann)
    judge_customers(NOW + DAY)

    risk = AtRisk.objects.get()
    assert (risk.since, risk.words) == (NOW, "the last answer was NPS 2")


def test_an_answer_that_fell_says_from_where(campaign):
    ann = answered(campaign, 10, NOW - 30 * DAY)
    answered(campaign, 7, NOW, ann)

    judge_customers(NOW)

    assert AtRisk.objects.get().words == "NPS fell from 10 to 7"


def test_who_answered_once_and_leaves_two_surveys_unanswered_is_at_risk_once_they_had_time(
    campaign,
):
    ann = answered(campaign, 9, NOW - 60 * DAY)
    asked(campaign, ann, NOW - 30 * DAY)
    asked(campaign, ann, NOW - 7 * DAY + timedelta(hours=1))

    judge_customers(NOW)
    assert not AtRisk.objects.exists()

    judge_customers(NOW + timedelta(hours=2))
    assert AtRisk.objects.get().words == "silent to the last 2 surveys since NPS 9"


def test_an_answer_that_is_changed_is_judged_anew(campaign):
    ann = answered(campaign, 9, NOW - 3 * DAY)
    judge_customers(NOW)

    Response.objects.filter(customer=ann).update(score=1, updated_at=NOW)
    judge_customers(NOW + timedelta(minutes=1))

    assert AtRisk.objects.filter(customer=ann).exists()


@pytest.mark.parametrize("change", [{"counts": False}, {"customer": None}])
def test_what_counts_no_more_and_what_time_alone_changes_is_found_in_turn(campaign, change):
    ann = answered(campaign, 3)
    judge_customers(NOW)

    Response.objects.filter(customer=ann).update(**change)
    judge_customers(NOW + DAY)
    assert not AtRisk.objects.exists()


def test_an_old_answer_is_no_reason_any_more(campaign):
    answered(campaign, 3)
    judge_customers(NOW)

    judge_customers(NOW + 91 * DAY)

    assert not AtRisk.objects.exists()


def test_who_becomes_at_risk_is_told_once_to_who_listens(campaign):
    ann = answered(campaign, 3)
    listen(campaign.workspace_id, HappeningKind.CUSTOMER_AT_RISK, "a test")

    judge_customers(NOW)
    judge_customers(NOW + timedelta(minutes=1))

    happening = Happening.objects.get(kind="customer.at_risk")
    assert happening.subject_id == ann.id


@pytest.mark.django_db(transaction=True)
def test_a_notification_says_who_is_at_risk_and_why(campaign):
    a_notification(campaign, events=["at_risk"])
    ann = a_customer(campaign.workspace, first_name="Ann")
    answered(campaign, 3, timezone.now(), ann)
    judge_customers(timezone.now())

    read_all()

    [message] = messages_of(list(Delivery.objects.all())).values()
    assert message.lines[0].headline == "Ann is at risk: the last answer was NPS 3"


def test_a_new_workspace_and_a_new_rule_judge_everybody_and_tell_nobody(campaign, monkeypatch):
    monkeypatch.setattr("afterword.feedback.risk.judge_due.AT_ONCE", 2)
    people = [answered(campaign, 3, NOW - (10 + n) * DAY) for n in range(5)]
    RiskRule.objects.all().delete()
    listen(campaign.workspace_id, HappeningKind.CUSTOMER_AT_RISK, "a test")

    judge_customers(NOW)

    assert AtRisk.objects.count() == len(people)
    assert RiskRule.objects.get(workspace=campaign.workspace).anew_from is None
    assert not Happening.objects.filter(kind="customer.at_risk").exists()


def test_many_are_judged_with_as_many_queries_as_few(campaign, django_assert_num_queries):
    rule = RiskRule.objects.get(workspace=campaign.workspace)
    few = {answered(campaign, 3).id}
    many = few | {answered(campaign, 3).id for _ in range(5)}
    for ids in (few, many):
        with django_assert_num_queries(5):
            judge(rule, ids, NOW, tells=True)


def test_customers_of_others_and_deleted_ones_are_not_judged(campaign):
    elsewhere = answered(a_campaign(), 3)
    rule = RiskRule.objects.get(workspace=campaign.workspace)
    gone = answered(campaign, 3)
    gone_id = gone.id
    gone.delete()

    judge(rule, {elsewhere.id, gone_id}, NOW, tells=True)

    assert not AtRisk.objects.exists()


@pytest.mark.parametrize(("wanted", "finds"), [("yes", 1), ("no", 1), ("Yes", 1)])
def test_audiences_ask_for_it(campaign, wanted, finds):
    ann, bob = answered(campaign, 3), answered(campaign, 9)
    judge_customers(NOW)
    asks = {"filters": [{"field": "at_risk", "operator": "is", "value": wanted}]}

    found = list(Customer.objects.filter(matching(compile_audience(asks, {}), NOW)))

    assert found == ([bob] if wanted == "no" else [ann])


# ---- pages


def test_the_profile_says_it_with_the_reason(client, campaign):
    ann = answered(campaign, 3)
    judge_customers(NOW)
    client.force_login(a_member(campaign.workspace).user)

    shown = client.get(f"/customers/{ann.id}").content.decode()

    assert "At risk" in shown
    assert "the last answer was NPS 3" in shown


def test_the_rule_is_changed_and_everybody_judged_by_it(client, campaign):
    client.force_login(a_member(campaign.workspace).user)
    answered(campaign, 3, NOW - 50 * DAY)
    judge_customers(NOW)

    numbers = {"worst_days": "30", "fall_percent": "", "fall_days": "90", "silent_surveys": "2"}
    client.post("/settings/at-risk", {**numbers, "silent_days": "7"})

    rule = RiskRule.objects.get(workspace=campaign.workspace)
    assert (rule.worst_days, rule.fall_percent, rule.anew_from) == (30, None, "")


@pytest.mark.parametrize("number", ["0", "-1", "3651", "x", "1.5", "9" * 30])
def test_a_bad_number_is_an_error_at_its_field(client, campaign, number):
    client.force_login(a_member(campaign.workspace).user)

    answer = client.post("/settings/at-risk", {"worst_days": number, "fall_days": "90"})

    assert answer.status_code == 422
    assert "id_worst_days_error" in answer.content.decode()


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.django_db
def test_administrators_alone_see_and_change_the_rule(client, role):
    client.force_login(a_member(role=role).user)

    expected = 200 if role.may_administer else 403
    assert client.get("/settings/at-risk").status_code == expected


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in_page(client):
    assert client.get("/settings/at-risk").url.startswith("/accounts/login/")
