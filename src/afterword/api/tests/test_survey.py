import json
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.customers.models import Customer
from afterword.decisions.models import Decision
from afterword.occasions.occasion import Kind
from afterword.sending.models import Mail
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import suppress
from afterword.surveys.models import Survey
from afterword.workspaces.models import Scope
from tests.factories import a_campaign, a_customer, a_property, a_sent_survey, a_token, a_workspace

pytestmark = pytest.mark.django_db
EVENINGS = {"days": ["mon"], "from": "20:00", "to": "21:00"}


DEEP = "[" * 600 + "]" * 600


@pytest.fixture
def campaign():
    return a_campaign(service="api", events=[])


@pytest.fixture
def post(client, campaign):
    _, secret = a_token(campaign.workspace, Scope.WRITE)

    def ask(body, key="", **more):
        sent = body if isinstance(body, str) else json.dumps({"campaign": str(campaign.id)} | body)
        headers = {"X-Api-Key": secret, **({"Idempotency-Key": key} if key else {}), **more}
        answer = client.post(
            "/api/v2/survey", sent, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json()

    return ask


def outcomes(answer):
    status, body = answer
    assert status == 200, body
    return {each["email"]: each["status"] for each in body["data"]["subscribers"]}


def test_one_customer_is_made_known_and_asked(post, campaign):
    a_property(campaign.workspace, "plan")

    answer = post({
        "email": "Ann@Example.com", "firstName": "Ann", "company": "Acme", "tags": ["vip"],
        "properties": [{"label": "plan", "type": "string", "value": "pro"}, {"label": "else"}],
    })  # fmt: skip

    assert outcomes(answer) == {"ann@example.com": "queued"}
    said = answer[1]["data"]["subscribers"][0]
    survey = Survey.objects.get()
    assert (said["surveyId"], survey.occasion_kind) == (str(survey.id), Kind.CALL)
    ann = Customer.objects.get()
    assert (ann.first_name, ann.company_name, ann.tags) == ("Ann", "Acme", ["vip"])
    assert (ann.properties, ann.source) == ({"plan": "pro"}, "API")


@pytest.mark.parametrize("name", ["subscribers", "customers"])
def test_each_of_several_is_decided(post, campaign, name):
    campaign.throttle_days = 30
    campaign.audience = {"filters": [{"field": "company_name", "operator": "is", "value": "Acme"}]}
    campaign.save()
    workspace = campaign.workspace
    asked = a_sent_survey(campaign, customer=a_customer(workspace), sent_at=timezone.now())
    gone = a_customer(workspace, company_name="Acme")
    unsubscribe(gone)
    people = [
        {"email": "ann@example.com", "company": "Acme"},
        {"email": "bob@example.com", "company": "Other"},
        {"email": asked.survey.email, "company": "Acme"},
        {"email": gone.email, "company": "Acme"},
        {"email": "nobody"},
        {"email": "ANN@example.com", "company": "Acme"},
    ]

    assert outcomes(post({name: people})) == {
        "ann@example.com": "queued",
        "bob@example.com": "outside_audience",
        asked.survey.email: "throttled",
        gone.email: "unsubscribed",
        "nobody": "invalid_email",
    }
    assert Survey.objects.count() == 2


def unsubscribe(customer):
    suppress(
        customer.workspace_id,
        customer.email,
        SuppressionReason.UNSUBSCRIBED,
        how="Test",
        now=timezone.now(),
    )


def test_a_delay_stands_for_the_campaigns_delay_and_time_frame(post, campaign):
    campaign.delay, campaign.time_frame = timedelta(days=9), EVENINGS
    campaign.save()
    before = timezone.now()

    post({"email": "ann@example.com", "delay": 2})
    post({"email": "bob@example.com", "delay": 0})

    waits = [mail.due_at - before for mail in Mail.objects.order_by("recipient")]
    assert [wait.days for wait in waits] == [2, 0]
    assert max(waits) < timedelta(days=2, minutes=1)


def test_without_a_delay_the_campaigns_own_holds(post, campaign):
    campaign.delay = timedelta(days=9)
    campaign.save()

    post({"email": "ann@example.com"})

    assert (Mail.objects.get().due_at - timezone.now()).days == 8


def test_the_same_key_gives_the_same_answer_and_asks_once(post):
    body = {"subscribers": [{"email": "ann@example.com"}, {"email": "bob"}]}

    first, again = post(body, key="order-1"), post(body, key="order-1")
    other = post(body, key="order-2")

    assert first == again
    assert other != first
    assert (Survey.objects.count(), Decision.objects.count()) == (2, 4)


def test_a_campaign_is_named_by_its_key_too_and_says_when_it_is_off(post, campaign):
    campaign.activated_at = None
    campaign.save()

    answer = post({"campaign": campaign.key, "email": "ann@example.com"})

    assert outcomes(answer) == {"ann@example.com": "campaign_off"}
    assert "switched off" in answer[1]["data"]["subscribers"][0]["message"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "The JSON cannot be read: Input data was truncated. Send an object."),
        ("[]", 400, ""),
        ("", 400, "The body: field required."),
        ({}, 400, "subscribers: field required"),
        ({"subscribers": []}, 400, "subscribers"),
        ({"subscribers": [{"email": "a@b.example"}] * 101}, 400, "subscribers"),
        (
            {"subscribers": [{"email": "a@b.example"}, {"first_name": "Ann"}]},
            400,
            "subscribers[1].email: field required.",
        ),
        ({"email": "a@b.example", "tags": ["vip", 5]}, 400, "subscribers[0].tags[1]: "),
        (
            {"email": "a@b.example", "city": "x" * 4001},
            400,
            "city: it should have at most 4000 characters, not 4001.",
        ),
        ({"subscribers": "ann@example.com"}, 400, "subscribers"),
        ({"email": "a@b.example", "delay": 1.5}, 400, "delay"),
        ({"email": "a@b.example", "delay": -1}, 400, "delay"),
        ({"email": "a@b.example", "delay": 366}, 400, "delay"),
        ({"email": "a\0@b.example"}, 400, "NUL"),
        ({"email": "a@b.example", "campaign": "nosuch"}, 404, "no campaign"),
        (f'{{"email": "a@b.example", "properties": [{{"label": "a", "value": {DEEP}}}]}}', 400, ""),
    ],
)
def test_bad_requests_are_refused_with_words(post, body, status, said):
    answer = post(body)

    assert (answer[0], said in answer[1]["message"]) == (status, True), answer
    assert not Decision.objects.exists()


def test_a_regular_campaign_cannot_be_asked_by(post, campaign):
    regular = a_campaign(campaign.workspace, type="regular", service="", first_after_days=1)

    assert post({"email": "a@b.example", "campaign": str(regular.id)})[0] == 400


def test_only_a_write_token_of_the_workspace_asks(client, campaign):
    body = json.dumps({"campaign": str(campaign.id), "email": "ann@example.com"})

    statuses = []
    for workspace, scope in (
        (campaign.workspace, Scope.READ),
        (a_workspace(), Scope.WRITE),
    ):
        _, secret = a_token(workspace, scope)
        answer = client.post(
            "/api/v2/survey", body, content_type="application/json", headers={"X-Api-Key": secret}
        )
        statuses.append(answer.status_code)

    assert statuses == [403, 404]
    assert not Customer.objects.exists()


def test_a_hundred_customers_cost_a_fixed_number_of_queries(post, django_assert_max_num_queries):
    people = [{"email": f"one{number}@example.com"} for number in range(100)]

    with django_assert_max_num_queries(40):
        assert set(outcomes(post({"subscribers": people})).values()) == {"queued"}
