"""What a file says about reminders, and about tracking opens."""

from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.campaigns.models import Reminder
from afterword.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

SHOP = """\
workspace: {name: Acme}
templates:
  - {key: first, metric: nps, logo: "https://acme.test/a.png", subject: One, question: How}
  - {key: again, metric: nps, logo: "https://acme.test/a.png", subject: Two, question: How}
  - {key: bare, metric: nps, subject: Three, question: How}
  - {key: other, metric: csat, logo: "https://acme.test/a.png", subject: Four, question: How}
campaigns:
  - key: orders
    name: Orders
    metric: nps
    template: first
"""
TWO = """\
    reminders:
      - {after_days: 3, template: again}
      - {when: opened_not_answered, after_days: 7, template: first}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def applied(path: Path, reminders: str) -> str:
    """Apply the file with these reminders; return the line about the campaign."""
    path.write_text(SHOP + reminders)
    return apply_path(path).lines[-1]


def told() -> list[tuple[int, str, int, str]]:
    rows = Reminder.objects.order_by("position").select_related("template")
    return [(row.position, row.when, row.after_days, row.template.key) for row in rows]


def refusals(path: Path, reminders: str) -> list[str]:
    path.write_text(SHOP + reminders)
    with pytest.raises(FileRefused) as refused:
        apply_path(path)
    return [each.partition("campaigns[0].")[2] for each in refused.value.problems]


def test_reminders_are_made_in_their_order(shop: Path):
    assert applied(shop, TWO) == "created campaign orders"

    assert told() == [(1, "not_answered", 3, "again"), (2, "opened_not_answered", 7, "first")]


def test_applying_again_changes_nothing(shop: Path):
    applied(shop, TWO)
    before = list(Reminder.objects.order_by("id").values())

    assert applied(shop, TWO) == "unchanged campaign orders"

    assert list(Reminder.objects.order_by("id").values()) == before


def test_what_stays_the_same_keeps_its_age_in_another_place(shop: Path):
    applied(shop, TWO)
    kept = Reminder.objects.get(after_days=7)

    line = applied(
        shop,
        "    reminders:\n"
        "      - {when: opened_not_answered, after_days: 7, template: again}\n"
        "      - {when: not_opened, after_days: 9, template: again}\n",
    )

    assert line == "changed campaign orders: reminders"
    assert told() == [(1, "opened_not_answered", 7, "again"), (2, "not_opened", 9, "again")]
    moved = Reminder.objects.get(position=1)
    assert (moved.id, moved.created_at) == (kept.id, kept.created_at)


def test_two_that_change_places_do_not_collide(shop: Path):
    applied(shop, TWO)

    applied(
        shop,
        "    reminders:\n"
        "      - {when: opened_not_answered, after_days: 7, template: first}\n"
        "      - {after_days: 3, template: again}\n",
    )

    assert [days for _, _, days, _ in told()] == [7, 3]


def test_a_campaign_without_reminders_has_none(shop: Path):
    applied(shop, TWO)

    assert applied(shop, "") == "changed campaign orders: reminders"

    assert told() == []


@pytest.mark.parametrize(
    ("reminder", "refusal"),
    [
        ("{after_days: 3}", "reminders[0].template: This is needed."),
        ("{template: first}", "reminders[0].after_days: This is needed."),
        (
            "{after_days: 0, template: first}",
            "reminders[0].after_days: '0' is not a whole number from 1 to 365.",
        ),
        (
            "{after_days: 400, template: first}",
            "reminders[0].after_days: '400' is not a whole number from 1 to 365.",
        ),
        (
            "{when: never, after_days: 3, template: first}",
            "reminders[0].when: 'never' is not not_opened, opened_not_answered or not_answered.",
        ),
        (
            "{after_days: 3, template: nobody}",
            "reminders[0].template: There is no such template; "
            "there are: again, bare, first, other.",
        ),
        (
            "{after_days: 3, template: other}",
            "reminders[0].template: It asks for CSAT; choose one that asks for NPS.",
        ),
        (
            "{after_days: 3, template: bare}",
            "reminders[0].template: Give bare your company's logo first.",
        ),
        (
            "{after_days: 3, template: first}, {after_days: 3, template: again}",
            "reminders[1].after_days: There is a reminder like this already.",
        ),
        (
            "{day: 3, after_days: 3, template: first}",
            "reminders[0].day: There is no such field; use after_days, when, channel, template.",
        ),
    ],
)
def test_a_wrong_reminder_is_named(shop: Path, reminder: str, refusal: str):
    assert refusals(shop, f"    reminders: [{reminder}]\n") == [refusal]


def test_six_are_too_many(shop: Path):
    six = ", ".join(f"{{after_days: {day}, template: first}}" for day in range(1, 7))

    assert refusals(shop, f"    reminders: [{six}]\n") == ["reminders: These are more than 5."]


def test_open_tracking_is_switched_and_else_left_alone(shop: Path):
    tracked = SHOP.replace("{name: Acme}", "{name: Acme, open_tracking: true}")
    shop.write_text(SHOP)
    apply_path(shop)
    assert not Workspace.objects.get().tracks_opens

    shop.write_text(tracked)
    lines = apply_path(shop).lines

    assert lines[0] == "changed workspace Acme: open_tracking"
    shop.write_text(SHOP)
    apply_path(shop)
    assert Workspace.objects.get().tracks_opens


def test_how_it_comes_is_said_and_may_change(shop: Path):
    applied(shop, TWO)
    kept = Reminder.objects.get(after_days=3)

    line = applied(shop, TWO.replace("after_days: 3", "channel: inapp, after_days: 3"))

    assert line == "changed campaign orders: reminders"
    assert (Reminder.objects.get(channel="inapp").id, kept.channel) == (kept.id, "email")


@pytest.mark.parametrize(
    ("reminder", "refusal"),
    [
        ("{channel: link, after_days: 3, template: first}", "channel"),
        ("{when: not_opened, after_days: 3, template: first}", "when"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(shop: Path, reminder: str, refusal: str):
    [problem] = refusals(shop, f"    channel: inapp\n    reminders: [{reminder}]\n")

    assert problem.startswith(f"reminders[0].{refusal}")
