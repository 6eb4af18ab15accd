"""What a file says about where an in-app campaign is shown."""

from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.campaigns.models import Campaign

pytestmark = pytest.mark.django_db

SHOP = """\
workspace: {name: Acme, time_zone: Europe/Prague}
templates:
  - {key: nps, name: NPS, metric: nps, logo: "https://acme.test/a.png", subject: Hi, question: Good}
campaigns:
  - key: in-app
    name: In the app
    metric: nps
    channel: inapp
    type: regular
    template: nps
    regular: {first_after: 3 days}
    active: true
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def applied(path: Path, said: str) -> list[str]:
    path.write_text(SHOP + said)
    return [line for line in apply_path(path).lines if "campaign" in line]


def test_a_file_says_where_it_is_shown_and_says_it_once(shop):
    said = '    in_app: {look: inline, element: "#survey", pages: [/orders/*], again_days: 30}\n'

    assert applied(shop, said) == ["created campaign in-app"]
    assert applied(shop, said) == ["unchanged campaign in-app"]
    campaign = Campaign.objects.get()
    assert campaign.is_active
    assert campaign.in_app == {
        "look": "inline",
        "element": "#survey",
        "pages": ["/orders/*"],
        "again_days": 30,
    }


def test_what_is_left_out_is_as_usual(shop):
    applied(shop, "    in_app: {look: dialog}\n")

    assert applied(shop, "") == ["changed campaign in-app: in_app"]
    assert Campaign.objects.get().in_app == {}


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ("{look: banner}", "corner, dialog or inline"),
        ("{look: inline}", "Name the element"),
        ("{pages: [orders]}", "orders is no page"),
        ("{wait_seconds: -1}", "not a whole number from 0"),
        ("{colour: red}", "colour"),
    ],
)
def test_what_is_wrong_is_told(shop, said, says):
    with pytest.raises(FileRefused, match=says):
        applied(shop, f"    in_app: {said}\n")
