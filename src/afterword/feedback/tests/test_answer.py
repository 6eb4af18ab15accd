from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from afterword.customers.models import Company
from afterword.feedback.answering.answer import (
    LIFE,
    MOST_EARLIER,
    has_ended,
    read_comment,
    read_score,
    record_answer,
)
from afterword.feedback.answering.refused import AnswerClosed, AnswerRefused
from afterword.feedback.models import Earlier, Response, ResponseFacts
from afterword.survey_templates.metrics import Metric
from tests.factories import (
    NOW,
    a_campaign,
    a_customer,
    a_sent_reminder_of,
    a_sent_survey,
    reload,
)  # fmt: skip

MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
def test_an_answer_is_recorded_with_what_it_answers():
    survey = a_sent_survey()

    response = record_answer(survey, 9, "Good", NOW, submitted=True)

    survey = reload(survey)
    assert (response.score, response.comment, response.submitted_at) == (9, "Good", NOW)
    assert (response.campaign_id, response.email) == (
        survey.survey.campaign_id,
        survey.survey.email,
    )
    assert (response.workspace_id, response.customer_id) == (
        survey.workspace_id,
        survey.survey.customer_id,
    )
    assert survey.answered_at == NOW


@pytest.mark.django_db
def test_who_belongs_to_a_company_answers_and_it_is_kept():
    campaign = a_campaign()
    acme = Company.objects.create(workspace=campaign.workspace, name="ACME", key="acme")
    customer = a_customer(campaign.workspace, company_name="ACME", company=acme)

    response = record_answer(a_sent_survey(campaign, customer=customer), 9, "", NOW, submitted=True)

    kept = ResponseFacts.objects.get(response=response).facts
    assert kept == {"company": {"id": str(acme.id), "name": "ACME"}}


@pytest.mark.django_db
def test_a_score_alone_is_not_yet_submitted():
    response = record_answer(a_sent_survey(), 9, None, NOW, submitted=False)

    assert response.submitted_at is None


@pytest.mark.django_db
def test_the_last_answer_of_a_day_counts():
    survey = a_sent_survey()
    record_answer(survey, 3, "Bad", NOW, submitted=True)
    later = NOW + timedelta(hours=23)

    response = record_answer(survey, 8, "Better now", later, submitted=True)

    survey = reload(survey)
    assert Response.objects.get() == response
    assert (response.score, response.comment) == (8, "Better now")
    assert (response.created_at, response.updated_at) == (NOW, later)
    assert survey.answered_at == NOW


@pytest.mark.django_db
def test_what_was_answered_before_is_kept():
    survey = a_sent_survey()
    record_answer(survey, 3, None, NOW, submitted=False)
    record_answer(survey, 3, "Bad", NOW + MINUTE, submitted=True)  # only adds to it
    record_answer(survey, 3, "Bad", NOW + 2 * MINUTE, submitted=True)
    record_answer(survey, 8, None, NOW + 3 * MINUTE, submitted=False)
    record_answer(survey, 8, "Better", NOW + 4 * MINUTE, submitted=True)

    assert Response.objects.get().earlier_answers == [
        Earlier(8, "Bad", NOW + 3 * MINUTE),
        Earlier(3, "Bad", NOW + 2 * MINUTE),
    ]


@pytest.mark.django_db
def test_of_endless_changes_the_last_are_kept():
    survey = a_sent_survey()
    for number in range(50):
        record_answer(survey, number % 11, None, NOW, submitted=False)

    assert [one.score for one in Response.objects.get().earlier_answers[:2]] == [48 % 11, 47 % 11]
    assert len(Response.objects.get().earlier) == MOST_EARLIER


@pytest.mark.django_db
@pytest.mark.parametrize(("comment", "kept"), [(None, "Bad"), ("", "")])
def test_a_new_score_keeps_the_comment_unless_it_was_removed(comment, kept):
    survey = a_sent_survey()
    record_answer(survey, 3, "Bad", NOW, submitted=True)

    response = record_answer(survey, 8, comment, NOW, submitted=comment is not None)

    assert (response.score, response.comment, response.submitted_at) == (8, kept, NOW)


@pytest.mark.django_db
def test_after_a_day_an_answer_stays():
    survey = a_sent_survey()
    record_answer(survey, 3, "Bad", NOW, submitted=True)

    with pytest.raises(AnswerClosed):
        record_answer(survey, 10, "Ha", NOW + timedelta(hours=24), submitted=True)

    assert Response.objects.get().score == 3


@pytest.mark.django_db
def test_an_answer_to_a_reminder_answers_what_it_reminds_of():
    first = a_sent_survey()
    reminder, other = (a_sent_reminder_of(first) for _ in range(2))

    record_answer(reminder, 3, "Late", NOW, submitted=True)
    response = record_answer(first, 9, None, NOW + timedelta(hours=1), submitted=True)

    first, reminder, other = (reload(one) for one in (first, reminder, other))
    assert Response.objects.get() == response
    assert (response.survey_id, response.score, response.comment) == (first.id, 9, "Late")
    assert (first.answered_at, reminder.answered_at, other.answered_at) == (NOW, NOW, None)


@pytest.mark.django_db
def test_a_score_without_a_comment_is_partial():
    survey = a_sent_survey()

    assert record_answer(survey, 9, None, NOW, submitted=False).is_partial
    assert record_answer(survey, 9, "", NOW, submitted=True).is_partial
    assert not record_answer(survey, 9, "Good", NOW, submitted=True).is_partial


@pytest.mark.django_db
@pytest.mark.parametrize("sent_at", [NOW, None])
def test_a_survey_ends_half_a_year_after_it_was_sent(sent_at):
    survey = a_sent_survey(sent_at=sent_at)

    assert not has_ended(survey, NOW + LIFE - timedelta(seconds=1))
    assert has_ended(survey, NOW + LIFE)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_answers_at_once_are_one():
    survey = a_sent_survey()

    def answer(score: int) -> int:
        try:
            return record_answer(survey, score % 11, None, NOW, submitted=True).score
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        scores = list(threads.map(answer, range(100)))

    assert len(scores) == 100
    assert Response.objects.count() == 1


@pytest.mark.parametrize(
    ("metric", "lowest", "highest"),
    [("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7), ("5-star", 1, 5)],
)
def test_the_scores_of_a_metric_are_read(metric, lowest, highest):
    metric = Metric(metric)

    assert read_score(str(lowest), metric) == lowest
    assert read_score(str(highest), metric) == highest
    for wrong in (lowest - 1, highest + 1):
        with pytest.raises(AnswerRefused, match=f"from {lowest} to {highest}"):
            read_score(str(wrong), metric)


@pytest.mark.parametrize("junk", ["", " 9", "9.0", "+9", "09", "٩", "nine", "9\x00", "9" * 5000])
def test_junk_is_no_score(junk):
    with pytest.raises(AnswerRefused):
        read_score(junk, Metric.NPS)


def test_a_comment_is_cleaned_of_what_cannot_be_stored():
    assert read_comment("  a\x00b\r\nc\ud800 ") == "a\ufffdb\nc\ufffd"


def test_a_comment_may_have_ten_thousand_characters():
    assert len(read_comment("x" * 10_000)) == 10_000
    with pytest.raises(AnswerRefused, match="1 characters too long"):
        read_comment("x" * 10_001)
