from datetime import timedelta

import pytest

from afterword.sending import brake
from afterword.sending.brake import Rates, apply_brakes, judge, resume
from afterword.sending.models import Brake, BrakeLevel, DeliveryEvent, DeliveryKind, Mail, State
from afterword.sending.paused import pausing
from afterword.surveys.invite import CAMPAIGN, SURVEY
from tests.factories import NOW, a_brake, a_campaign, a_member, a_workspace

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def mails(campaign, count, *, bounced=0, refused=0, complained=0, at=NOW, sender="hi@acme.test"):
    """The last mails of a campaign; those that were refused at once have no `sent_at`."""
    rows = []
    for number in range(count):
        row = Mail(
            workspace=campaign.workspace,
            kind=SURVEY,
            stream_kind=CAMPAIGN,
            stream_id=campaign.id,
            recipient="ann@example.com",
            created_at=at,
            due_at=at,
            state=State.SENT,
            sent_at=at - number * timedelta(seconds=1),
            sender=sender,
        )
        if number < bounced + refused:
            row.state, row.bounced_at, row.bounce = State.BOUNCED, at, "hard"
        if number < refused:
            row.sent_at, row.sender = None, ""
        if number < complained:
            row.complained_at = at
        rows.append(row)
    Mail.objects.bulk_create(rows)
    for row in rows:
        if row.bounced_at or row.complained_at:
            DeliveryEvent.objects.create(
                workspace=campaign.workspace,
                mail=row,
                kind=DeliveryKind.HARD_BOUNCED if row.bounced_at else DeliveryKind.COMPLAINED,
                at=at,
                received_at=at,
                source="smtp",
                key="1",
            )
    return rows


def brakes(**about):
    rows = Brake.objects.filter(**about).order_by("level", "sender_domain")
    return [(row.level, row.sender_domain, row.resumed_at is None) for row in rows]


def paused(campaign):
    """Since when a campaign is paused."""
    brakes = pausing(campaign.workspace_id, campaign.id).order_by("at")
    return brakes.values_list("at", flat=True).first()


@pytest.mark.parametrize(
    ("rates", "level"),
    [
        (Rates(1000, 19, 0), None),
        (Rates(1000, 20, 0), BrakeLevel.WARNED),
        (Rates(1000, 39, 0), BrakeLevel.WARNED),
        (Rates(1000, 40, 0), BrakeLevel.PAUSED),
        (Rates(1000, 0, 1), BrakeLevel.PAUSED),
        (Rates(10, 9, 0), None),
        (Rates(10, 10, 0), BrakeLevel.WARNED),
        (Rates(100, 19, 0), BrakeLevel.WARNED),
        (Rates(100, 20, 0), BrakeLevel.PAUSED),
        (Rates(0, 0, 0), None),
    ],
)
def test_shares_are_of_five_hundred_mails_at_least(rates, level):
    assert judge(rates) == level


def test_a_campaign_with_too_many_bounces_is_paused():
    campaign = a_campaign()
    other = a_campaign(a_workspace())
    mails(campaign, 1000, bounced=20, refused=20)
    mails(other, 1000, bounced=5)

    apply_brakes(NOW)

    assert (paused(campaign), paused(other)) == (NOW, None)
    row = Brake.objects.get(stream_id=campaign.id)
    assert (row.level, row.mails, row.bounces, row.complaints) == ("paused", 1000, 40, 0)


def test_a_campaign_with_many_bounces_is_warned_of_once():
    campaign = a_campaign()
    mails(campaign, 1000, bounced=20)

    apply_brakes(NOW)
    apply_brakes(NOW + MINUTE)

    assert paused(campaign) is None
    assert brakes(stream_id=campaign.id) == [("warned", "", True)]


def test_one_complaint_in_a_thousand_pauses():
    campaign = a_campaign()
    mails(campaign, 1000, complained=1)

    apply_brakes(NOW)

    assert paused(campaign) == NOW


@pytest.mark.slow
def test_only_the_last_thousand_count():
    campaign = a_campaign()
    mails(campaign, 1000, bounced=900, at=NOW - timedelta(days=2))
    mails(campaign, 1000, bounced=15)

    apply_brakes(NOW)

    assert paused(campaign) is None
    assert brakes() == []


@pytest.mark.slow
def test_nothing_is_looked_at_while_nothing_is_reported(django_assert_num_queries):
    campaign = a_campaign()
    mails(campaign, 1000, bounced=900, at=NOW - timedelta(hours=2))

    with django_assert_num_queries(6):  # the savepoint's two among them
        apply_brakes(NOW)

    assert paused(campaign) is None


@pytest.mark.slow
def test_whoever_hears_of_bounces_need_not_wait():
    campaign = a_campaign()
    mails(campaign, 1000, bounced=900, at=NOW - timedelta(hours=2))

    apply_brakes(NOW, [campaign.id])

    assert paused(campaign)


def test_a_domain_that_bounces_pauses_all_that_is_sent_from_it():
    workspace = a_workspace()
    campaigns = [a_campaign(workspace) for _ in range(4)]
    off = a_campaign(workspace, activated_at=None)
    elsewhere = a_campaign()
    mails(elsewhere, 10)
    for campaign in campaigns[:3]:  # 14 of 333 each: no campaign of itself
        mails(campaign, 333, bounced=7, refused=7)

    apply_brakes(NOW)

    assert all(paused(campaign) for campaign in (*campaigns, off))
    assert not paused(elsewhere)
    assert ("paused", "acme.test", True) in brakes(stream_id=None)
    assert {level for level, *_ in brakes(stream_id__isnull=False)} == {"warned"}


def test_mail_from_a_domain_used_before_is_not_held_against_the_new_one():
    workspace = a_workspace()
    old, new = a_campaign(workspace), a_campaign(workspace)
    mails(old, 300, bounced=19, at=NOW - MINUTE * 30, sender="hi@old.test")
    mails(new, 300, bounced=2)

    apply_brakes(NOW)

    assert not paused(new)
    assert brakes(stream_id=None) == []


def test_a_warning_ends_when_the_share_has_fallen_and_forgets_nothing():
    campaign = a_campaign()
    mails(campaign, 1000, bounced=25)
    apply_brakes(NOW)

    mails(campaign, 300, at=NOW + MINUTE * 10)
    later = NOW + timedelta(hours=3)
    mails(campaign, 700, bounced=15, at=later)
    apply_brakes(later)

    assert brakes(stream_id=campaign.id) == [("warned", "", False)]

    mails(campaign, 100, bounced=25, at=later + MINUTE * 10)
    apply_brakes(later + MINUTE * 10)
    assert paused(campaign)


def test_a_warning_that_comes_to_a_pause_is_told_once():
    campaign = a_campaign()
    mails(campaign, 1000, bounced=20)
    apply_brakes(NOW)
    mails(campaign, 100, bounced=30, at=NOW + MINUTE * 20)

    apply_brakes(NOW + MINUTE * 20)

    assert brakes(stream_id=campaign.id) == [("paused", "", True), ("warned", "", False)]


def test_resuming_lets_what_was_held_go_on_and_forgets_the_bounces():
    member = a_member()
    campaign = a_campaign(member.workspace)
    rows = mails(campaign, 1000, bounced=50)
    apply_brakes(NOW)
    Mail.objects.filter(id__in=[row.id for row in rows[900:]]).update(state=State.HELD)

    resume(campaign.workspace_id, campaign.id, member.user, NOW + MINUTE)
    apply_brakes(NOW + MINUTE * 2)

    assert paused(campaign) is None
    assert Mail.objects.filter(state=State.QUEUED).count() == 100
    assert all(row.resumed_by == member.user for row in Brake.objects.filter(level="paused"))
    assert brakes(level="paused", resumed_at=None) == []

    mails(campaign, 100, bounced=20, at=NOW + MINUTE * 10)
    apply_brakes(NOW + MINUTE * 10)
    assert paused(campaign)


def test_resuming_a_domain_lets_all_its_campaigns_go_on_but_those_with_a_brake_of_their_own():
    member = a_member()
    bad, fair, other = (a_campaign(member.workspace) for _ in range(3))
    elsewhere = a_campaign()
    a_brake(elsewhere)
    mails(bad, 600, bounced=60)
    mails(fair, 300, bounced=5)
    mails(other, 100)
    apply_brakes(NOW)

    resume(fair.workspace_id, fair.id, member.user, NOW + MINUTE)

    assert [bool(paused(one)) for one in (bad, fair, other, elsewhere)] == [
        True,
        False,
        False,
        True,
    ]


def test_what_a_claim_held_back_while_a_person_resumed_goes_on_too():
    member = a_member()
    campaign = a_campaign(member.workspace)
    rows = mails(campaign, 1000, bounced=50)
    apply_brakes(NOW)
    resume(campaign.workspace_id, campaign.id, member.user, NOW + MINUTE)
    Mail.objects.filter(id=rows[-1].id).update(state=State.HELD)

    apply_brakes(NOW + MINUTE * 2)

    assert not Mail.objects.filter(state=State.HELD).exists()


def test_many_campaigns_cost_a_fixed_number_of_queries(django_assert_max_num_queries):
    workspace = a_workspace()
    for _ in range(8):
        mails(a_campaign(workspace), 60, bounced=30)

    with django_assert_max_num_queries(12):
        assert apply_brakes(NOW) == 9  # and their domain


def test_the_figures_are_of_the_last_thousand():
    campaign = a_campaign()
    mails(campaign, 1200, bounced=100)

    apply_brakes(NOW)

    assert Brake.objects.get(stream_id=campaign.id).mails == brake.LAST
