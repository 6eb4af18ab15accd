"""What the feedback page is asked for, as its address carries it."""

from dataclasses import fields

from afterword.core.ids import new_id
from afterword.feedback.search import Search
from afterword.survey_templates.metrics import Bucket, Metric

EVERYTHING = Search(
    metric=Metric.CES,
    bucket=Bucket.PASSIVE,
    score=4,
    campaign_id=new_id(),
    days=30,
    counts=False,
    customer_id=new_id(),
)


def test_every_filter_is_read_back_from_its_address():
    assert all(getattr(EVERYTHING, one.name) is not None for one in fields(Search))

    assert Search.of(EVERYTHING.query) == EVERYTHING
