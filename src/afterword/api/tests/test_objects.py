from datetime import timedelta

import pytest

from afterword.api.tests.conftest import Get
from afterword.api.tests.rows import a_decision, a_response
from afterword.customers.models import Company
from afterword.feedback.risk.models import AtRisk
from afterword.sending.models import State
from afterword.survey_templates.metrics import Metric
from afterword.workspaces.models import Workspace
from tests import factories
from tests.factories import NOW

INSTANT = "2026-11-01T12:00:00Z"


def test_a_customer_is_shown_with_the_properties_assigned(workspace: Workspace, get: Get):
    factories.a_property(workspace, "plan", "text")
    factories.a_property(workspace, "orders", "number")
    factories.a_property(workspace, "unassigned", "date")
    ann = factories.a_customer(
        workspace,
        email="ann@example.com",
        first_name="Ann",
        tags=["vip"],
        properties={"plan": "pro", "orders": 12.5, "no longer defined": "x"},
        unsubscribed_at=NOW,
        last_surveyed_at=NOW,
    )

    _, listed = get("/customers")
    _, alone = get(f"/customers/{ann.id}")

    [shown] = listed["data"]["subscribers"]
    assert alone["data"]["subscribers"] == [shown]
    assert shown.pop("createdDate")
    assert shown.pop("updatedDate")
    assert shown == {
        "id": str(ann.id),
        "email": "ann@example.com",
        "firstName": "Ann",
        "lastName": "",
        "companyName": "",
        "companyId": None,
        "jobTitle": "",
        "phone": "",
        "city": "",
        "state": "",
        "country": "",
        "tags": ["vip"],
        "properties": [
            {"label": "orders", "name": "orders", "type": "number", "value": 12.5},
            {"label": "plan", "name": "plan", "type": "text", "value": "pro"},
        ],
        "source": "Segment",
        "statuses": ["unsubscribed"],
        "isAtRisk": False,
        "atRiskDate": None,
        "atRiskReason": None,
        "lastSurveyDate": INSTANT,
    }


def test_an_answer_is_shown_with_its_customer(workspace: Workspace, get: Get):
    factories.a_property(workspace, "plan")
    customer = factories.a_customer(
        workspace, first_name="Ann", country="USA", tags=["vip"], properties={"plan": "pro"}
    )
    campaign = factories.a_campaign(workspace, Metric.STAR, name="After an order")
    survey = factories.a_sent_survey(campaign, customer=customer)
    before = {"score": 2, "comment": "Bad", "at": NOW.isoformat()}
    response = a_response(survey, 4, comment="Good", submitted_at=NOW, earlier=[before])

    _, body = get(f"/feedback/{response.id}")

    [shown] = body["data"]["responses"]
    assert shown == {
        "id": str(response.id),
        "surveyId": str(survey.id),
        "customerId": str(customer.id),
        "email": customer.email,
        "firstName": "Ann",
        "lastName": "",
        "companyName": "",
        "companyId": None,
        "jobTitle": "",
        "country": "USA",
        "state": "",
        "city": "",
        "tags": ["vip"],
        "customProps": [{"label": "plan", "name": "plan", "type": "text", "value": "pro"}],
        "campaignId": str(campaign.id),
        "campaignName": "After an order",
        "createdDate": INSTANT,
        "updatedDate": INSTANT,
        "score": 4,
        "comment": "Good",
        "checkbox": None,
        "additionalQuestions": [],
        "feedbackTopics": [],
        "feedbackTags": [],
        "feedbackTagsNew": [],
        "notes": [],
        "status": None,
        "assigned": None,
        "ratingCategory": "Positive",
        "resolved": False,
        "channel": "email",
        "metricsType": "STAR",
        "isBogus": False,
        "isSubmitted": True,
        "isPartial": False,
        "earlierAnswers": [{"score": 2, "comment": "Bad", "date": INSTANT}],
    }


def test_answers_and_surveys_outlive_their_customer(workspace: Workspace, get: Get):
    survey = factories.a_sent_survey(factories.a_campaign(workspace))
    a_response(survey, 4)
    assert survey.survey.customer
    survey.survey.customer.delete()

    [feedback] = get("/feedback")[1]["data"]["responses"]
    [sent] = get("/outbox")[1]["data"]["surveys"]

    assert (feedback["email"], feedback["customerId"]) == (survey.survey.email, None)
    assert (sent["email"], sent["customerId"]) == (survey.survey.email, None)


def test_a_survey_that_was_answered_is_shown_as_responded(workspace: Workspace, get: Get):
    campaign = factories.a_campaign(workspace, name="After an order")
    survey = factories.a_sent_survey(campaign, subject="How was it?")
    response = a_response(survey, 9, comment="Great")

    [shown] = get("/outbox")[1]["data"]["surveys"]

    assert shown == {
        "surveyId": str(survey.id),
        "email": survey.survey.email,
        "customerId": str(survey.survey.customer_id),
        "firstName": "",
        "lastName": "",
        "companyName": "",
        "companyId": None,
        "surveyCreatedDate": INSTANT,
        "dueDate": INSTANT,
        "sentDate": INSTANT,
        "channel": "email",
        "personTags": [],
        "campaign": "After an order",
        "campaignId": str(campaign.id),
        "surveyTemplateId": str(campaign.template_id),
        "subject": "How was it?",
        "sentBy": "campaign",
        "remindsSurveyId": None,
        "status": "RESPONDED",
        "detailedStatus": {
            "isDelivered": False,
            "deliveredDate": None,
            "isOpened": False,
            "openedDate": None,
            "isMachineOpened": False,
            "machineOpenedDate": None,
            "isClicked": False,
            "clickedDate": None,
            "isResponded": True,
            "respondedDate": INSTANT,
            "hasFeedback": True,
            "isOptedOut": False,
            "optedOutDate": None,
            "isBounced": False,
            "bouncedDate": None,
            "bounceType": None,
            "isComplained": False,
            "complainedDate": None,
            "isCancelled": False,
            "cancelledDate": None,
            "isDismissed": False,
            "isFailed": False,
            "endedDate": None,
        },
        "reason": None,
        "detail": {},
        "serverReply": "",
        "responseId": str(response.id),
        "attributes": {"customerTags": [], "customProps": []},
        "additionalRecipients": [],
    }


def test_a_survey_that_was_not_sent_says_why(workspace: Workspace, get: Get):
    factories.a_survey(
        factories.a_campaign(workspace),
        state=State.DISMISSED,
        ended_at=NOW,
        reason="throttled",
        detail={"survey_id": "x", "throttled_until": INSTANT},
    )

    [shown] = get("/outbox")[1]["data"]["surveys"]

    assert (shown["status"], shown["reason"]) == ("DISMISSED", "throttled")
    assert shown["detail"] == {"surveyId": "x", "throttledUntil": INSTANT}
    assert shown["detailedStatus"]["isDismissed"]
    assert shown["detailedStatus"]["endedDate"] == INSTANT
    assert shown["responseId"] is None


def test_a_survey_that_failed_says_when(workspace: Workspace, get: Get):
    factories.a_survey(factories.a_campaign(workspace), state=State.PARKED, ended_at=NOW)

    [shown] = get("/outbox")[1]["data"]["surveys"]

    detailed = shown["detailedStatus"]
    assert (detailed["isFailed"], detailed["isDismissed"]) == (True, False)
    assert detailed["endedDate"] == INSTANT


def test_what_became_of_a_reminder_is_shown_in_detail(workspace: Workspace, get: Get):
    campaign = factories.a_campaign(workspace)
    first = factories.a_sent_survey(campaign)
    factories.a_sent_reminder_of(
        first,
        state=State.BOUNCED,
        bounce="soft",
        bounced_at=NOW,
        delivered_at=NOW,
        machine_opened_at=NOW,
    )

    [shown] = get("/outbox", sentBy="reminder")[1]["data"]["surveys"]

    assert (shown["status"], shown["remindsSurveyId"]) == ("BOUNCED", str(first.id))
    told = {
        "isDelivered": True,
        "deliveredDate": INSTANT,
        "isOpened": False,
        "openedDate": None,
        "isMachineOpened": True,
        "machineOpenedDate": INSTANT,
        "isBounced": True,
        "bouncedDate": INSTANT,
        "bounceType": "soft",
    }
    assert told.items() <= shown["detailedStatus"].items()


def test_campaigns_are_listed_at_the_top(workspace: Workspace, get: Get):
    campaign = factories.a_campaign(workspace, Metric.STAR, events=["A", "B"], activated_at=None)

    _, body = get("/campaigns")

    [shown] = body["campaigns"]
    assert body["data"]["campaigns"] == [shown]
    assert shown.pop("createdDate")
    assert shown.pop("updatedDate")
    assert shown == {
        "id": str(campaign.id),
        "key": campaign.key,
        "name": campaign.name,
        "isActive": False,
        "templateId": str(campaign.template_id),
        "metric": "star",
        "type": "transactional",
        "channel": "email",
        "events": ["A", "B"],
    }


def test_a_decision_explains_itself(workspace: Workspace, get: Get):
    seen = {"field": "country", "operator": "is", "value": "USA", "seen": "France"}
    made = a_decision(
        workspace, "outside_audience", detail=seen | {"first_seen": [{"due_at": 1}]}, message_id="m"
    )

    [shown] = get("/decisions", messageId="m")[1]["data"]["decisions"]

    assert shown == {
        "id": str(made.id),
        "reason": "outside_audience",
        "detail": seen | {"firstSeen": [{"dueAt": 1}]},
        "event": "Order Completed",
        "messageId": "m",
        "campaignId": str(made.campaign_id),
        "campaignName": made.campaign.name,
        "customerId": None,
        "email": "ann@example.com",
        "occasion": "event",
        "surveyId": None,
        "receivedAt": INSTANT,
        "decidedAt": INSTANT,
    }


def test_decisions_are_found_by_message_and_reason(workspace: Workspace, get: Get):
    survey = factories.a_survey(factories.a_campaign(workspace))
    a_decision(workspace, "scheduled", message_id="1", detail={"survey_id": str(survey.id)})
    a_decision(workspace, "throttled", message_id="2", detail={"survey_id": str(survey.id)})
    a_decision(workspace, "no_email", message_id="3", email="")

    def found(**filters: str) -> list[tuple[str, str | None, str | None]]:
        rows = get("/decisions", sort="createdDate", **filters)[1]["data"]["decisions"]
        return [(row["messageId"], row["surveyId"], row["email"]) for row in rows]

    assert found(messageId="1") == [("1", str(survey.id), "ann@example.com")]
    assert found(reason="throttled") == [("2", None, "ann@example.com")]
    assert found(messageId="1", reason="throttled") == []
    assert found(reason="no_email") == [("3", None, None)]


def test_the_score_counts_every_response(workspace: Workspace, get: Get):
    campaign = factories.a_campaign(workspace)
    customer = factories.a_customer(workspace)
    for score, days in [(10, 0), (9, 0), (9, 1), (8, 2), (3, 2)]:
        survey = factories.a_sent_survey(campaign, customer=customer)
        a_response(survey, score, NOW + timedelta(days=days))

    assert get("/nps/score")[1]["data"] == {
        "score": 40,
        "scoreSum": 39,
        "metricsType": "NPS",
        "promoters": 60,
        "passives": 20,
        "detractors": 20,
        "promotersCount": 3,
        "passivesCount": 1,
        "detractorsCount": 1,
        "totalResponses": 5,
    }
    assert get("/nps/score", endDate="2026-11-02")[1]["data"]["totalResponses"] == 3
    assert get("/nps/score", startDate="2026-11-03")[1]["data"]["totalResponses"] == 2


@pytest.mark.parametrize(
    ("path", "metric"),
    [("csat", Metric.CSAT), ("ces", Metric.CES), ("star", Metric.STAR)],
)
def test_each_metric_has_its_score(workspace: Workspace, get: Get, path: str, metric: Metric):
    campaign = factories.a_campaign(workspace, metric)
    a_response(factories.a_sent_survey(campaign), 5)

    _, body = get(f"/{path}/score", campaignId=campaign.id)

    assert body["data"]["score"] == (5.0 if metric is Metric.STAR else 100)
    assert body["data"]["metricsType"] == path.upper()
    assert get("/nps/score")[1]["data"]["score"] is None


def test_an_unknown_metric_names_the_known_ones(get: Get):
    status, body = get("/joy/score")

    assert status == 404
    assert "nps, csat, ces, star" in body["message"]


def test_a_survey_names_the_company_and_a_customer_says_who_is_at_risk(
    workspace: Workspace, get: Get
):
    acme = Company.objects.create(workspace=workspace, name="Acme", key="acme")
    other = Company.objects.create(workspace=workspace, name="A", key="a", merged_into=acme)
    survey = factories.a_sent_survey(factories.a_campaign(workspace))
    customer = survey.survey.customer
    assert customer
    customer.company = other
    customer.save()
    AtRisk.objects.create(
        customer=customer, workspace=workspace, since=NOW, reason="worst", metric="nps",
        score=2, judged_at=NOW,
    )  # fmt: skip

    [sent] = get("/outbox")[1]["data"]["surveys"]
    [shown] = get("/customers")[1]["data"]["subscribers"]

    assert sent["companyId"] == str(acme.id)
    assert (shown["isAtRisk"], shown["atRiskDate"]) == (True, INSTANT)
    assert shown["atRiskReason"] == "the last answer was NPS 2"
