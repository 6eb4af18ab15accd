"""The page of all deliveries: filters, reasons, and once more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.core import looking
from afterword.core.ids import new_id
from afterword.followups.models import TEST, Attempt, Delivery, State
from afterword.followups.pages import again, again_work, deliveries
from afterword.followups.rules import save
from afterword.long_work.models import Work
from afterword.long_work.turn import work_once
from afterword.sending.models import Mail
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_member
from tests.followups import a_notification, a_webhook, an_autoresponder
from tests.long_work import work_until_done

pytestmark = pytest.mark.django_db
PAGE = "/follow-ups/deliveries"


@pytest.fixture
def member():
    return a_member(role=Role.MEMBER)


@pytest.fixture
def campaign(member):
    return a_campaign(member.workspace)


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def a_delivery(rule, state=State.DELIVERED, **fields):
    now = timezone.now()
    columns = {
        "kind": "feedback.new",
        "lane": None if fields.get("mail_ids") else rule.id,
        "happened_at": now,
        "created_at": now,
        "due_at": now,
        rule._meta.model_name: rule,
        **fields,
    }
    return Delivery.objects.create(workspace=rule.workspace, state=state, **columns)


def a_mailed_delivery(rule, **fields):
    now = timezone.now()
    mail = Mail.objects.create(
        **{
            "workspace": rule.workspace,
            "kind": rule._meta.model_name,
            "about": str(new_id()),
            "stream_kind": rule._meta.model_name,
            "stream_id": rule.id,
            "recipient": "ann@example.com",
            "created_at": now,
            "due_at": now,
            **fields,
        }
    )
    return a_delivery(rule, State.MAILED, mail_ids=[mail.id])


def test_all_kinds_stand_there_with_their_reasons(member, campaign):
    hook = a_webhook("https://crm.test/hook", campaign=campaign, name="To the CRM")
    a_delivery(hook, State.FAILED, words="It answered 500.")
    team = a_notification(workspace=member.workspace, name="To the team")
    a_mailed_delivery(team, state="parked", server_reply="550 No such user")
    thanks = an_autoresponder(campaign, name="Thanks")
    a_mailed_delivery(thanks, state="dismissed", detail={"answer": "changed"})

    page = signed_in(member).get(PAGE).content.decode()

    for words in ("To the CRM", "It answered 500.", "To the team", "550 No such user", "Thanks"):
        assert words in page
    assert "the answer changed" in page
    assert "Send the 2 that failed again" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "webhook"}, ["hook failed", "hook delivered"]),
        ({"state": "failed"}, ["hook failed", "mail failed"]),
        ({"state": "delivered", "kind": "webhook"}, ["hook delivered"]),
        ({"state": "waiting"}, ["mail queued"]),
        ({"days": "1", "kind": "webhook", "state": "failed"}, []),
        ({"kind": "nonsense", "state": "x", "rule": "y", "days": "z", "after": "junk"}, None),
    ],
)
def test_it_is_filtered(member, campaign, query, found):
    hook = a_webhook("https://crm.test/hook", campaign=campaign)
    team = a_notification(workspace=member.workspace)
    made = {
        "hook failed": a_delivery(
            hook, State.FAILED, created_at=timezone.now() - timedelta(days=3)
        ),
        "hook delivered": a_delivery(hook),
        "mail failed": a_mailed_delivery(team, state="parked"),
        "mail queued": a_mailed_delivery(team),
    }

    shown = signed_in(member).get(PAGE, query).context["deliveries"]

    names = {row.id: name for name, row in made.items()}
    assert {names[row.id] for row in shown} == set(made if found is None else found)


def test_what_failed_is_sent_again_where_its_rule_is_on(member, campaign):
    on, off = (a_webhook("https://crm.test/hook", campaign=campaign) for _ in range(2))
    failed, others = a_delivery(on, State.FAILED), a_delivery(off, State.FAILED)
    by_mail = a_mailed_delivery(a_notification(campaign), state="parked")
    arrived, example = a_delivery(on), a_delivery(on, State.FAILED, kind=TEST)
    save(off, timezone.now(), enabled=False)
    client = signed_in(member)

    client.post(f"{PAGE}/replay", {"delivery": "failed"})
    work_until_done()

    states = dict(Delivery.objects.values_list("id", "state"))
    assert states[failed.id] == State.WAITING
    assert states[others.id] == states[example.id] == State.FAILED
    assert states[arrived.id] == State.DELIVERED
    assert Mail.objects.get(id=by_mail.mail_ids[0]).state == "queued"
    client.post(f"{PAGE}/replay", {"delivery": "all", "kind": "webhook", "days": "1"})
    work_until_done()
    arrived.refresh_from_db()
    assert arrived.state == State.WAITING


def test_a_batch_of_what_is_sent_again_costs_the_same_however_many(
    member, campaign, monkeypatch, django_assert_max_num_queries
):
    hook, team = a_webhook("https://crm.test/hook", campaign=campaign), a_notification(campaign)
    for _ in range(4):
        a_delivery(hook, State.FAILED)
        a_mailed_delivery(team, state="parked")
    monkeypatch.setattr(again_work, "BATCH", 8)
    signed_in(member).post(f"{PAGE}/replay", {"delivery": "failed"})

    with django_assert_max_num_queries(26) as asked:
        assert work_until_done() == 1

    changes = [one["sql"] for one in asked.captured_queries if one["sql"].startswith("UPDATE")]
    assert sum("unnest(" in one for one in changes) == 2
    assert Mail.objects.filter(state="queued").count() == 4
    assert Delivery.objects.filter(state=State.WAITING).count() == 4


def test_sending_again_goes_on_where_it_was_and_shows_how_far(member, campaign, monkeypatch):
    monkeypatch.setattr(again_work, "BATCH", 2)
    hook, now = a_webhook("https://crm.test/hook", campaign=campaign), timezone.now()
    rows = [
        a_delivery(hook, State.FAILED, created_at=now - timedelta(minutes=number))
        for number in range(3)
    ]
    client = signed_in(member)
    begun = client.post(f"{PAGE}/replay", {"delivery": "failed", "kind": "webhook"})

    work_once()
    Delivery.objects.filter(id=rows[0].id).update(state=State.FAILED)  # and failed once more
    half = client.get(begun.url).content.decode()
    work_until_done()
    whole = client.get(begun.url).content.decode()

    states = dict(Delivery.objects.values_list("id", "state"))
    assert [states[row.id] for row in rows] == [State.FAILED, State.WAITING, State.WAITING]
    assert "2 of 3 deliveries" in half
    assert "3 of 3 deliveries" in whole
    assert f"{PAGE}?kind=webhook" in whole


def test_a_double_click_sends_again_once_and_only_what_was_there_when_asked(member, campaign):
    hook = a_webhook("https://crm.test/hook", campaign=campaign)
    shown = a_delivery(hook, State.FAILED)
    client = signed_in(member)
    asked_at = client.get(PAGE).context["asked_at"]
    later = a_delivery(hook, State.FAILED)
    form = {"delivery": "failed", "asked_at": asked_at}

    first, second = (client.post(f"{PAGE}/replay", form).url for _ in range(2))
    work_until_done()

    assert first == second
    assert Work.objects.count() == 1
    states = dict(Delivery.objects.values_list("id", "state"))
    assert (states[shown.id], states[later.id]) == (State.WAITING, State.FAILED)


def test_one_is_sent_again_and_nonsense_is_not(member, campaign):
    hook = a_webhook("https://crm.test/hook", campaign=campaign)
    one, other = a_delivery(hook), a_delivery(hook)
    client = signed_in(member)

    client.post(f"{PAGE}/replay", {"delivery": str(one.id)})
    answered = client.post(f"{PAGE}/replay", {"delivery": "nonsense"}, follow=True)

    states = dict(Delivery.objects.values_list("id", "state"))
    assert (states[one.id], states[other.id]) == (State.WAITING, State.DELIVERED)
    assert "Nothing can be sent again" in answered.content.decode()


def test_analysts_look_and_strangers_see_nothing(member, campaign):
    one = a_delivery(a_webhook("https://crm.test/hook", campaign=campaign, name="To the CRM"))
    analyst = signed_in(a_member(member.workspace, role=Role.ANALYST))
    stranger = signed_in(a_member())

    assert "To the CRM" in analyst.get(PAGE).content.decode()
    assert "again</button>" not in analyst.get(PAGE).content.decode()
    for which in (str(one.id), "all"):
        assert analyst.post(f"{PAGE}/replay", {"delivery": which}).status_code == 403
    assert "To the CRM" not in stranger.get(PAGE).content.decode()
    for which in (str(one.id), "all"):
        stranger.post(f"{PAGE}/replay", {"delivery": which})
    work_until_done()
    one.refresh_from_db()
    assert one.state == State.DELIVERED


def test_pages_and_queries_do_not_grow(member, campaign, django_assert_max_num_queries):
    hook = a_webhook("https://crm.test/hook", campaign=campaign)
    for number in range(30):
        row = a_delivery(hook)
        Attempt.objects.create(
            delivery=row, number=1, at=timezone.now(), milliseconds=number, url="x", body="{}"
        )
    client = signed_in(member)

    with django_assert_max_num_queries(16):
        first = client.get(PAGE)
    second = client.get(PAGE, {"after": first.context["after"]})

    assert (len(first.context["deliveries"]), len(second.context["deliveries"])) == (25, 5)


def test_of_very_many_rules_the_newest_can_be_chosen_and_the_chosen_one(
    member, campaign, monkeypatch
):
    monkeypatch.setattr(deliveries, "MOST_RULES", 2)
    hooks = [
        a_webhook("https://crm.test/hook", campaign=campaign, name=f"Hook {number}")
        for number in range(4)
    ]
    a_delivery(hooks[0])
    client = signed_in(member)

    plain = client.get(PAGE)
    of_the_first = client.get(PAGE, {"rule": hooks[0].id})

    def offered(page):
        return [f'<option value="{hook.id}"' in page.content.decode() for hook in hooks]

    assert offered(plain) == [False, False, True, True]
    assert offered(of_the_first) == [True, False, True, True]
    assert "Older ones: see their own page" in plain.content.decode()
    assert f'value="{hooks[0].id}" selected' in of_the_first.content.decode()


@pytest.fixture
def no_time(monkeypatch):
    """Each page looks at two rows."""
    monkeypatch.setattr(looking, "FIRST", 2)
    monkeypatch.setattr(looking, "SECONDS", -1)


def test_of_many_some_are_looked_at_and_the_next_page_goes_on(member, campaign, no_time):
    hook, now = a_webhook("https://crm.test/hook", campaign=campaign), timezone.now()
    for number in range(5):
        state = State.FAILED if number == 3 else State.DELIVERED
        a_delivery(hook, state, created_at=now - timedelta(minutes=number))
    client, after = signed_in(member), ""
    pages: list[tuple[int, int]] = []

    while not pages or after:
        page = client.get(PAGE, {"state": "failed", "after": after})
        pages.append((len(page.context["deliveries"]), page.context["looked_at"]))
        after = page.context["after"]
        if len(pages) == 1:
            assert "None among the 2 deliveries" in page.content.decode()
        elif len(pages) == 2:
            assert "4 deliveries were looked at for this page" in page.content.decode()

    assert pages == [(0, 2), (1, 4), (0, 0)]


def test_more_than_can_be_counted_are_sent_again_without_a_number(member, campaign, monkeypatch):
    monkeypatch.setattr(again, "COUNTED_AT_MOST", 2)
    hook = a_webhook("https://crm.test/hook", campaign=campaign)
    a_delivery(hook, State.FAILED)
    a_delivery(hook)
    client = signed_in(member)

    few = client.get(PAGE, {"kind": "webhook"}).content.decode()
    a_delivery(hook, State.FAILED)
    many = client.get(PAGE, {"kind": "webhook"}).content.decode()

    assert "Send the 1 that failed again</button>" in few
    assert "Send all 2 again</button>" in few
    assert "Send what failed again</button>" in many
    assert "Send all again</button>" in many
    client.post(f"{PAGE}/replay", {"delivery": "failed"})
    work_until_done()
    assert Delivery.objects.filter(state=State.WAITING).count() == 2
