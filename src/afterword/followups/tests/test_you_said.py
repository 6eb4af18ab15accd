"""You said, we did: whom it reaches, that nobody gets it twice, and what is told of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from afterword.api.tests.rows import a_response
from afterword.feedback.loop.models import Assignment
from afterword.feedback.models import Response
from afterword.feedback.replies.take import take_replies
from afterword.followups.models import Told, YouSaid
from afterword.followups.you_said import forecast as forecast_
from afterword.followups.you_said.act import begin
from afterword.followups.you_said.forecast import forecast
from afterword.followups.you_said.models import Became
from afterword.followups.you_said.whom import is_held_back
from afterword.long_work.models import Work
from afterword.long_work.turn import work_once
from afterword.profiles.timeline import timeline_of
from afterword.sending.models import Mail, State
from afterword.sending.reports.delivery_reports import Incoming
from afterword.suppressions.models import SuppressionReason
from afterword.suppressions.suppress import Stop, suppress, suppress_all
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey, a_workspace
from tests.followups import posting
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace, name="After an order")


def answered(campaign, score=3, customer=None, at=None, **fields):
    customer = customer or a_customer(campaign.workspace, **fields)
    at = at or timezone.now() - timedelta(days=1)
    return a_response(a_sent_survey(campaign, customer=customer, sent_at=at), score, at)


def a_draft(member, **fields):
    given = {
        "workspace": member.workspace, "by": member.user, "created_at": timezone.now(),
        "subject": "We did it, {{ first_name }}", "body": "You gave {{ score }}.", "held_back": 0,
    }  # fmt: skip
    return YouSaid.objects.create(**given | fields)


def begun(member, **fields):
    you_said = a_draft(member, **fields)
    begin(you_said.id, member, timezone.now(), timezone.now())
    work_until_done()
    return YouSaid.objects.get(id=you_said.id)


def became(you_said):
    return {one.customer: one.became for one in Told.objects.filter(you_said=you_said)}


def mailed(you_said):
    return sorted(Mail.objects.filter(about=you_said.id).values_list("recipient", flat=True))


# ---- whom


def test_the_filter_says_who_and_each_is_left_out_for_a_reason_that_is_counted(member, campaign):
    workspace, now = member.workspace, timezone.now()
    goes = answered(campaign).customer
    answered(campaign, 9)  # no detractor
    answered(a_campaign(), 3)  # another workspace
    columns = {
        "unsubscribed_at": Became.UNSUBSCRIBED, "hard_bounced_at": Became.HARD_BOUNCED,
        "undeliverable_at": Became.UNDELIVERABLE, "suppressed_at": Became.SUPPRESSED,
    }  # fmt: skip
    left = {answered(campaign, **{column: now}).customer: why for column, why in columns.items()}
    nobody = answered(campaign).customer
    type(nobody).objects.filter(id=nobody.id).update(email=None)
    left[nobody] = Became.NO_ADDRESS
    gone = answered(campaign).customer
    leaves = Stop(workspace.id, gone.address, SuppressionReason.UNSUBSCRIBED, "link",
                  campaign_id=campaign.id)  # fmt: skip
    suppress_all([leaves], now)
    left[gone] = Became.LEFT_CAMPAIGN
    answered(campaign, customer=goes, at=now - timedelta(days=9))  # an older one of the same person
    told = {"query": "bucket=detractor&metric=nps"}

    found = forecast(a_draft(member, **told), now)
    you_said = begun(member, **told)

    assert (found.mailed, sum(number for _, number in found.left_out)) == (1, len(left))
    assert became(you_said) == {goes: Became.MAILED, **left}
    assert mailed(you_said) == [goes.address]


def test_answers_of_nobody_and_from_elsewhere_are_counted_apart(member, campaign):
    nobody, elsewhere = answered(campaign), answered(campaign)
    type(nobody).objects.filter(id=nobody.id).update(customer=None)
    type(nobody).objects.filter(id=elsewhere.id).update(source="import")

    found = forecast(a_draft(member), timezone.now())

    assert (found.mailed, found.anonymous, found.elsewhere) == (0, 1, 1)


def test_who_answered_after_the_question_was_shown_gets_nothing(member, campaign):
    first = answered(campaign).customer
    you_said, asked_at = a_draft(member), timezone.now()
    answered(campaign, at=asked_at + timedelta(seconds=1))
    begin(you_said.id, member, asked_at, timezone.now())
    work_until_done()

    assert mailed(you_said) == [first.address]


@pytest.mark.parametrize(
    "known",
    [(0, "nobody behind the newest 0 can be mailed"), (4, "2 people or more can be mailed")],
)
def test_once_time_is_up_it_says_what_it_knows_and_can_be_sent(
    client, member, campaign, monkeypatch, known
):
    in_time, says = known
    for _ in range(3):
        answered(campaign)
    questions = count()
    monkeypatch.setattr(forecast_, "BATCH", 1)
    monkeypatch.setattr(
        forecast_, "in_time", lambda ask, ends: ask() if next(questions) < in_time else None
    )
    client.force_login(member.user)

    page = client.get(f"/feedback/you-said/{a_draft(member).id}").content.decode()

    assert says in page
    assert "Send it" in page


def test_a_forecast_goes_on_step_by_step_and_counts_a_person_once(member, campaign, monkeypatch):
    monkeypatch.setattr("afterword.followups.you_said.forecast.BATCH", 2)
    people = [answered(campaign).customer for _ in range(4)]
    answered(campaign, customer=people[0], at=timezone.now() - timedelta(days=30))

    found = forecast(a_draft(member), timezone.now())

    assert (found.mailed, found.looked_at, found.is_whole) == (4, 5, True)


# ---- once


def test_it_is_begun_once_and_goes_on_where_it_was(member, campaign, monkeypatch):
    monkeypatch.setattr("afterword.followups.you_said.work.BATCH", 2)
    people = [answered(campaign).customer for _ in range(5)]
    answered(campaign, customer=people[0], at=timezone.now() - timedelta(days=30))
    you_said, now = a_draft(member), timezone.now()

    assert begin(you_said.id, member, now, now)
    assert not begin(you_said.id, member, now, now)
    assert work_once()
    work_until_done()

    assert mailed(you_said) == sorted(one.address for one in people)
    work = YouSaid.objects.get(id=you_said.id).work
    assert work
    assert (work.done, work.total) == (6, 6)


def test_a_batch_looks_at_so_many_however_few_are_meant(member, campaign, monkeypatch):
    monkeypatch.setattr("afterword.followups.you_said.work.BATCH", 2)
    vip = answered(campaign, tags=["vip"], at=timezone.now() - timedelta(days=9)).customer
    for _ in range(4):
        answered(campaign)
    you_said = a_draft(member, query="as=now&field=tags&operator=includes&value=vip&group=")
    begin(you_said.id, member, timezone.now(), timezone.now())

    work_once()

    work = Work.objects.get()
    assert (work.done, work.total, mailed(you_said)) == (2, 5, [])
    work_until_done()
    assert mailed(you_said) == [vip.address]


def test_a_batch_costs_the_same_however_many_there_are(
    member, campaign, django_assert_max_num_queries
):
    for _ in range(6):
        answered(campaign)
    you_said, now = a_draft(member), timezone.now()
    begin(you_said.id, member, now, now)

    with django_assert_max_num_queries(21):
        work_once()

    assert len(mailed(you_said)) == 6


# ---- held back


def test_a_share_is_held_back_always_the_same_people(member, campaign):
    first, second = a_draft(member), a_draft(member)
    people = [a_customer(campaign.workspace).id for _ in range(400)]

    drawn = [is_held_back(first.id, one, 10) for one in people]

    assert drawn == [is_held_back(first.id, one, 10) for one in people]
    assert drawn != [is_held_back(second.id, one, 10) for one in people]
    assert 15 <= sum(drawn) <= 70
    assert not any(is_held_back(first.id, one, 0) for one in people)


def test_who_is_held_back_gets_no_mail(member, campaign):
    customer = answered(campaign).customer
    you_said = next(
        one
        for one in (a_draft(member, held_back=50) for _ in range(99))
        if is_held_back(one.id, customer.id, 50)
    )
    begin(you_said.id, member, timezone.now(), timezone.now())
    work_until_done()

    assert became(you_said) == {customer: Became.HELD_BACK}
    assert mailed(you_said) == []


# ---- sent


@pytest.mark.django_db(transaction=True)
def test_it_goes_by_mail_and_not_to_who_left_meanwhile(settings, member, campaign):
    ann = answered(campaign, first_name="Ann", email="ann@acme.test").customer
    gone = answered(campaign, email="gone@acme.test").customer
    settings.CONFIGURATION = replace(settings.CONFIGURATION, bounce_address="back@acme.test")
    with posting() as sink:
        begun(member, reply_to="eva@acme.test")
        suppress(gone.workspace_id, gone.address, SuppressionReason.UNSUBSCRIBED, how="x", now=NOW)
        sink.send_due()
        [message] = sink.messages()

    assert (message["Subject"], message["To"]) == ("We did it, Ann", f"Ann <{ann.address}>")
    assert "You gave 3." in message.get_body(("plain",)).get_content()
    assert "/u/" in message["List-Unsubscribe"]

    # A reply goes to both: to who was named, and to the mailbox, and so onto the timeline.
    named, signed = (one.addr_spec for one in message["Reply-To"].addresses)
    assert (named, signed.startswith("back+")) == ("eva@acme.test", True)
    reply = f"From: {ann.address}\r\nTo: {signed}\r\nMessage-ID: <1@x>\r\n\r\nThat helps!"
    take_replies([Incoming(reply.encode(), [signed])], timezone.now())
    kinds = [(entry.kind, getattr(entry.row, "text", "")) for entry in timeline_of(ann).entries]
    assert kinds[0] == ("reply", "That helps!")
    assert "autoresponse" in [kind for kind, _ in kinds]


@pytest.mark.django_db(transaction=True)
def test_what_is_stopped_is_sent_to_nobody_else(client, member, campaign):
    answered(campaign)
    you_said = begun(member)
    client.force_login(member.user)

    client.post(f"/feedback/you-said/{you_said.id}/stopping")
    Mail.objects.filter(about=you_said.id).update(state=State.QUEUED)  # as if claimed just then
    with posting() as sink:
        sink.send_due()
        assert sink.received == []

    [mail] = Mail.objects.filter(about=you_said.id)
    assert (mail.state, mail.detail["you_said"]) == (State.CANCELLED, "stopped")
    assert "Stopped" in client.get("/feedback/you-said").content.decode()


def test_a_draft_is_not_stopped_and_can_be_sent_after_all(client, member, campaign):
    answered(campaign)
    you_said = a_draft(member)
    client.force_login(member.user)

    page = client.post(f"/feedback/you-said/{you_said.id}/stopping", follow=True)

    assert "not begun yet" in page.content.decode()
    begin(you_said.id, member, timezone.now(), timezone.now())
    work_until_done()
    assert Mail.objects.filter(stream_id=you_said.id).count() == 1


def test_what_broke_off_says_so(client, member, campaign):
    you_said = begun(member)
    Work.objects.update(failure="It failed five times.")
    client.force_login(member.user)

    assert "Broken off" in client.get("/feedback/you-said").content.decode()
    page = client.get(f"/feedback/you-said/{you_said.id}").content.decode()
    assert "It failed five times." in page


def test_mine_is_nobodys_once_its_author_is_gone(member, campaign):
    answer = answered(campaign)
    Assignment.objects.create(
        response=answer, workspace=member.workspace, assigned_at=NOW, due_at=NOW
    )
    you_said = a_draft(member, query="loop=mine", by=None)

    assert forecast(you_said, timezone.now()).mailed == 0


def test_mine_are_the_authors_and_are_shown_to_nobody_else_as_theirs(client, member, campaign):
    you_said = a_draft(member, query="loop=mine")
    another = a_member(member.workspace)
    pages = []
    for one in (member, another):
        client.force_login(one.user)
        pages.append(client.get(f"/feedback/you-said/{you_said.id}").content.decode())

    assert ["?loop=mine" in page for page in pages] == [True, False]
    assert f"are those of {member.user}." in pages[1]


# ---- the pages


def words(**given):
    return {"subject": "We listened", "body": "Thanks, {{ first_name }}", "held_back": "10"} | given


def test_from_the_feedback_page_to_the_results(client, member, campaign):
    client.force_login(member.user)
    bad = answered(campaign)
    query = f"bucket=detractor&campaign={campaign.id}"
    assert (
        "/feedback/you-said/new?bucket=detractor"
        in client.get(f"/feedback?{query}").content.decode()
    )

    address = f"/feedback/you-said/new?{query}"
    assert "detractors, unsatisfied" in client.get(address).content.decode()
    draft = client.post(address, words(held_back="0"))
    assert draft.status_code == 302
    page = client.get(draft["Location"])
    assert "1 person can be mailed" in " ".join(page.content.decode().split())

    client.post(f"{draft['Location']}/beginning", {"asked_at": page.context["asked_at"]})
    work_until_done()

    [mail] = Mail.objects.filter(kind="you_said")
    assert mail.recipient == bad.customer.address
    assert "0 of 1" in client.get(draft["Location"]).content.decode()
    assert "We listened" in client.get("/feedback").content.decode()
    assert "You said, we did" in client.get("/outbox").content.decode()
    assert "We listened" in client.get("/feedback/you-said").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"body": "{% if %}"}, "body"),
        ({"body": "{% if comment == '' %}{{ '1' | slice: 'a' }}{% endif %}"}, "body"),
        ({"held_back": "51"}, "held_back"),
        ({"sender_address": "a@else.test"}, "sender_address"),
        ({"buttons_text": "no link"}, "buttons_text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, member, wrong, field):
    client.force_login(member.user)

    page = client.post("/feedback/you-said/new", words(**wrong))

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not YouSaid.objects.exists()


def test_a_draft_can_be_changed_tried_and_deleted_and_what_is_begun_cannot(
    client, member, campaign
):
    client.force_login(member.user)
    answered(campaign)
    draft = a_draft(member)
    root = f"/feedback/you-said/{draft.id}"

    client.post(f"{root}/edit", words(subject="Other words"))
    client.post(f"{root}/trial")
    assert str(YouSaid.objects.get()) == "Other words"
    assert Mail.objects.get(kind="you_said_trial").recipient == member.user.email
    begin(draft.id, member, timezone.now(), timezone.now())
    client.post(f"{root}/edit", words(subject="Too late"))
    client.post(f"{root}/removal")
    assert str(YouSaid.objects.get()) == "Other words"

    another = a_draft(member)
    client.post(f"/feedback/you-said/{another.id}/removal")
    assert not YouSaid.objects.filter(id=another.id).exists()


def test_analysts_read_and_outsiders_find_nothing(client, member, campaign):
    you_said = a_draft(member)
    root = f"/feedback/you-said/{you_said.id}"
    reads = ["/feedback/you-said", root]
    writes = [f"{root}/beginning", f"{root}/stopping", f"{root}/trial", f"{root}/removal",
              f"{root}/edit", "/feedback/you-said/new"]  # fmt: skip
    client.force_login(a_member(member.workspace, Role.ANALYST).user)
    assert [client.get(one).status_code for one in reads] == [200, 200]
    assert [client.post(one, words()).status_code for one in writes] == [403] * len(writes)

    client.force_login(a_member(a_workspace()).user)
    assert client.get(root).status_code == 404
    assert [client.post(one, words()).status_code for one in writes[:3]] == [404] * 3


def test_the_preview_is_of_what_is_typed(client, member):
    client.force_login(member.user)

    drawn = client.post("/feedback/you-said/preview", words(body="Dear {{ first_name }}"))

    assert "We listened" in drawn.content.decode()


# ---- what it changed


def test_the_next_scores_of_both_groups_are_compared(client, member, campaign):
    client.force_login(member.user)
    you_said = a_draft(member, begun_at=timezone.now())
    now, later = timezone.now(), []
    before = now - timedelta(hours=2)
    for number in range(60):
        is_mailed = number < 30
        first = answered(campaign, at=before)
        Told.objects.create(
            workspace=member.workspace, you_said=you_said, customer=first.customer,
            response=first, metric="nps", at=before + timedelta(hours=1),
            became=Became.MAILED if is_mailed else Became.HELD_BACK,
        )  # fmt: skip
        score = (9 if number % 3 else 8) if is_mailed else (3 if number % 3 else 8)
        later.append(Response(
            workspace=member.workspace, customer=first.customer, metric="nps", score=score,
            counts=True, source="import", created_at=now, updated_at=now,
        ))  # fmt: skip
    Response.objects.bulk_create(later)

    page = client.get(f"/feedback/you-said/{you_said.id}").content.decode()

    assert "67 from 30 answers" in page
    assert "-67 from 30 answers" in page
    assert "scores 133 higher than who was held back" in page


def test_too_few_answers_say_so(client, member, campaign):
    client.force_login(member.user)
    you_said = a_draft(member, begun_at=timezone.now())
    first = answered(campaign)
    Told.objects.create(
        workspace=member.workspace, you_said=you_said, customer=first.customer, response=first,
        metric="nps", at=timezone.now() - timedelta(hours=1), became=Became.MAILED,
    )  # fmt: skip
    answered(campaign, 9, customer=first.customer, at=timezone.now())

    page = client.get(f"/feedback/you-said/{you_said.id}").content.decode()

    assert "100 from 1 answer" in page
    assert "Too few to tell: it takes 30 answers of either group." in page
