import pytest
from django.db import connection

from afterword.decisions.models import Decision
from afterword.occasions.occasion import Kind
from tests.factories import a_campaign, a_decision, an_event

pytestmark = pytest.mark.django_db


def test_what_was_decided_on_an_occasion_is_found_by_its_key():
    event = an_event((campaign := a_campaign()).workspace)
    decision = a_decision(event, "sampled_out", campaign)
    a_decision(an_event(campaign.workspace), "sampled_out", campaign)
    found = Decision.objects.about(campaign.id, Kind.EVENT, [event.id])

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = found.explain()

    assert list(found) == [decision]
    assert "one_decision_per_campaign_and_occasion" in plan
