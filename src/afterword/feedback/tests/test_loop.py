from datetime import UTC, timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID

import pytest
from django.utils import timezone

from afterword.api.tests.rows import a_response
from afterword.feedback.loop.models import Assignment, AssignmentRule, To
from afterword.feedback.loop.turn import in_turn, owner_of
from afterword.feedback.loop.watch import follow_up
from afterword.sending.kinds import kind_called
from afterword.sending.models import Mail
from afterword.workspaces.models import Role
from tests.factories import NOW, a_campaign, a_customer, a_member, a_sent_survey

HOUR = timedelta(hours=1)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def test_turns_go_round_and_pass_over_who_left():
    turns = in_turn([C, A, B], None)
    assert [next(turns) for _ in range(4)] == [A, B, C, A]

    assert next(in_turn([A, C], B)) == C
    assert next(in_turn([A, B], C)) == A
    assert list(in_turn([], A)) == []


def test_an_owner_is_told_by_the_address_whatever_its_letters():
    assert owner_of(" Bo@Acme.test ", {"bo@acme.test": A}) == A
    assert owner_of("Bo", {"bo@acme.test": A}) is None
    assert owner_of(5, {"bo@acme.test": A}) is None


# ---- with rows


@pytest.fixture
def campaign(db):
    return a_campaign()


@pytest.fixture
def bo(campaign):
    return a_member(campaign.workspace, Role.MEMBER).user


def answered(campaign, score, at=NOW, **fields):
    customer = a_customer(campaign.workspace, **fields)
    return a_response(a_sent_survey(campaign, customer=customer, sent_at=at), score, at)


def a_rule(campaign, **fields):
    given = {"workspace": campaign.workspace, "enabled_at": NOW - HOUR, "looked_at": NOW - HOUR}
    return AssignmentRule.objects.create(**given | fields)


def whose(response):
    return Assignment.objects.get(response=response).user


def test_a_new_answer_of_the_lowest_category_is_assigned_once(campaign, bo):
    a_rule(campaign, user=bo, due_hours=24)
    bad, _good, before = (
        answered(campaign, score, at) for score, at in ((3, NOW), (9, NOW), (3, NOW - 2 * HOUR))
    )

    follow_up(NOW)
    follow_up(NOW + timedelta(minutes=1))

    assignment = Assignment.objects.get()
    assert (assignment.response, assignment.user, assignment.by) == (bad, bo, None)
    assert assignment.due_at == NOW.replace(second=0, microsecond=0) + 24 * HOUR
    assert [one.recipient for one in Mail.objects.filter(kind="assignment")] == [bo.email]
    assert not Assignment.objects.filter(response=before).exists()


def test_members_take_turns_and_who_left_is_passed_over(campaign, bo):
    cy, gone = (a_member(campaign.workspace, Role.MEMBER) for _ in range(2))
    a_rule(campaign, to=To.TURN, users=[bo.id, cy.user_id, gone.user_id])
    gone.delete()
    answers = [answered(campaign, 0) for _ in range(3)]
    follow_up(NOW)
    answers.append(answered(campaign, 0))
    follow_up(NOW)

    got = [whose(one) for one in answers]

    assert {got[0], got[1]} == {bo, cy.user}
    assert got.count(bo) == got.count(cy.user) == 2


def test_an_owner_gets_it_and_what_has_none_goes_to_the_member(campaign, bo):
    cy = a_member(campaign.workspace, Role.MEMBER).user
    a_rule(campaign, to=To.OWNER, owner_property="owner", user=cy)
    owned = answered(campaign, 0, properties={"owner": bo.email.upper()})
    strange = answered(campaign, 0, properties={"owner": "nobody@else.test"})

    follow_up(NOW)

    assert (whose(owned), whose(strange)) == (bo, cy)


def test_where_the_rule_finds_nobody_it_is_open_without_a_name(campaign):
    analyst = a_member(campaign.workspace, Role.ANALYST).user
    a_rule(campaign, user=analyst)
    answer = answered(campaign, 0)

    follow_up(NOW)

    assert whose(answer) is None
    assert not Mail.objects.filter(kind="assignment").exists()


def test_looking_costs_the_same_however_many_there_are(campaign, bo, django_assert_num_queries):
    a_rule(campaign, user=bo)
    for _ in range(4):
        answered(campaign, 0)

    with django_assert_num_queries(14):
        follow_up(NOW)

    assert Assignment.objects.count() == 4


def test_what_is_overdue_reminds_once_and_again_only_by_a_new_time(client, campaign, bo):
    a_rule(campaign, user=bo, due_hours=1)
    answer = answered(campaign, 0)
    follow_up(NOW)
    for minutes in (59, 61, 62):
        follow_up(NOW + timedelta(minutes=minutes))
    assert Mail.objects.filter(kind="assignment").count() == 2  # assigned; overdue

    Assignment.objects.update(done_at=NOW, reminded_at=None)
    follow_up(NOW + 9 * HOUR)
    assert Mail.objects.filter(kind="assignment").count() == 2
    assert Assignment.objects.get().response == answer


def test_the_mail_says_what_it_is_and_nothing_of_the_customer(campaign, bo):
    a_rule(campaign, user=bo)
    answer = answered(campaign, 0, first_name="Annabel")
    follow_up(NOW)
    mail = Mail.objects.select_related("workspace").get(kind="assignment")

    assert kind_called(mail.kind).may_still_go([mail], NOW) == {}
    raw = kind_called(mail.kind).compose(mail, NOW).content

    subject = message_from_bytes(raw, policy=default)["Subject"]
    assert subject == f"For you to follow up: NPS 0 · {campaign.workspace}"
    assert f"/feedback/{answer.id}/assignment".encode() in raw
    assert b"Annabel" not in raw

    Assignment.objects.update(done_at=NOW)
    assert list(kind_called(mail.kind).may_still_go([mail], NOW)) == [mail.id]


# ---- pages


@pytest.fixture
def member(client, campaign):
    member = a_member(campaign.workspace)
    client.force_login(member.user)
    return member


def path_of(answer):
    return f"/feedback/{answer.id}/assignment"


def test_an_answer_is_assigned_passed_on_and_done_by_hand(client, campaign, member, bo):
    answer = answered(campaign, 3)
    due = (timezone.now() + 24 * HOUR).astimezone(UTC)
    form = {"user": str(bo.id), "due_at": f"{due:%Y-%m-%dT%H:%M}", "note": "Rang <twice>"}

    client.post(path_of(answer), form)
    shown = client.get("/feedback").content.decode()
    assert str(bo) in shown
    assert "Rang &lt;twice&gt;" in shown
    assert Mail.objects.get(kind="assignment").recipient == bo.email

    client.post(path_of(answer), {**form, "user": str(member.user_id)})
    assert Mail.objects.filter(kind="assignment").count() == 1  # who takes it gets none

    client.post(path_of(answer), {**form, "user": str(member.user_id), "done": "yes"})
    assert Assignment.objects.get().done_at
    client.post(f"{path_of(answer)}/opening")
    assert Assignment.objects.get().done_at is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user": ""}, "user"),
        ({"user": "junk"}, "user"),
        ({"due_at": "soon"}, "due_at"),
        ({"due_at": "0001-01-01T00:00"}, "due_at"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_bad_input_is_an_error_at_its_field(client, campaign, member, change, field):
    answer = answered(campaign, 3)
    form = {"user": str(member.user_id), "due_at": "2026-12-01T12:00", "note": ""}

    reply = client.post(path_of(answer), form | change)

    assert reply.status_code == 422
    assert f"id_{field}_error" in reply.content.decode()
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("loop", "finds"),
    [
        ("mine", {1}),
        ("open", {1, 2, 3}),
        ("overdue", {2}),
        ("done", {4}),
        ("junk", {0, 1, 2, 3, 4}),
    ],
)
def test_the_feedback_page_finds_them(client, campaign, member, loop, finds):
    now, bo = timezone.now(), a_member(campaign.workspace).user
    answers = [answered(campaign, score) for score in range(5)]
    for answer, user, due_at, done_at in (
        (answers[1], member.user, now + HOUR, None),
        (answers[2], bo, now - HOUR, None),
        (answers[3], None, now + HOUR, None),
        (answers[4], member.user, now - HOUR, now),
    ):
        Assignment.objects.create(
            response=answer, workspace=campaign.workspace, user=user,
            assigned_at=now, due_at=due_at, done_at=done_at,
        )  # fmt: skip

    shown = client.get(f"/feedback?loop={loop}").context["responses"]

    assert {one.score for one in shown} == finds


def test_the_rule_is_written_and_what_it_lacks_is_said(client, campaign, member, bo):
    form = {"enabled": "on", "to": "turn", "owner_property": "owner", "due_hours": "24"}
    assert "id_users_error" in client.post("/settings/close-the-loop", form).content.decode()

    client.post("/settings/close-the-loop", {**form, "users": [str(bo.id)]})
    rule = AssignmentRule.objects.get()
    assert (rule.to, rule.users, rule.due_hours) == ("turn", [bo.id], 24)
    assert rule.enabled_at
    assert "checked" in client.get("/settings/close-the-loop").content.decode()

    client.post("/settings/close-the-loop", {**form, "enabled": "", "users": [str(bo.id)]})
    assert AssignmentRule.objects.get().enabled_at is None


@pytest.mark.parametrize("hours", ["0", "-1", "8761", "x", "9" * 30])
def test_a_bad_number_of_hours_is_refused(client, member, hours):
    form = {"to": "owner", "owner_property": "owner", "due_hours": hours}

    reply = client.post("/settings/close-the-loop", form)

    assert reply.status_code == 422
    assert "id_due_hours_error" in reply.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_who_may_what(client, campaign, role):
    answer = answered(campaign, 3)
    client.force_login(a_member(campaign.workspace, role).user)

    assert client.get(path_of(answer)).status_code == (200 if role.may_change else 403)
    rule = client.get("/settings/close-the-loop").status_code
    assert rule == (200 if role.may_administer else 403)
    assert (path_of(answer) in client.get("/feedback").content.decode()) == role.may_change


def test_outsiders_and_strangers_get_nothing(client, campaign):
    answer = answered(campaign, 3)
    assert client.get(path_of(answer)).url.startswith("/accounts/login/")

    client.force_login(a_member().user)
    assert client.get(path_of(answer)).status_code == 404
    assert client.post(f"{path_of(answer)}/opening").status_code == 404
