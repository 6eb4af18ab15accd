"""What a file says about an audience: groups of filters."""

from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.campaigns.models import Campaign

pytestmark = pytest.mark.django_db

SHOP = """\
workspace: {name: Acme}
properties: [{name: orders, type: number}]
campaigns:
  - key: orders
    name: Orders
    metric: nps
    audience:
      match: all
      filters:
        - {field: country, operator: "=", value: USA}
        - {match: any, filters: [%s]}
"""
CITY = "{field: city, operator: is, value: Brno}"
ORDERS = "{field: orders, operator: at least, value: 5}"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.yaml"


def applied(path: Path, group: str) -> str:
    path.write_text(SHOP % group)
    return apply_path(path).lines[-1]


def refusals(path: Path, group: str) -> list[str]:
    path.write_text(SHOP % group)
    with pytest.raises(FileRefused) as refused:
        apply_path(path)
    return [each.partition("audience.")[2] for each in refused.value.problems]


def test_a_group_is_stored_in_its_place_and_words(shop: Path):
    applied(shop, f"{CITY}, {ORDERS}")

    assert Campaign.objects.get().audience == {
        "match": "all",
        "filters": [
            {"field": "country", "operator": "is", "value": "USA"},
            {
                "match": "any",
                "filters": [
                    {"field": "city", "operator": "is", "value": "Brno"},
                    {"field": "orders", "operator": "at least", "value": 5},
                ],
            },
        ],
    }


def test_applying_a_group_again_changes_nothing(shop: Path):
    applied(shop, CITY)

    assert applied(shop, CITY) == "unchanged campaign orders"
    assert applied(shop, ORDERS) == "changed campaign orders: audience"


def test_the_events_own_properties_have_the_type_that_the_file_says(shop: Path):
    applied(shop, '{field: event.amount, type: number, operator: ">", value: 5}')

    assert Campaign.objects.get().audience["filters"][1]["filters"] == [
        {"field": "event.amount", "type": "number", "operator": "greater than", "value": 5}
    ]


@pytest.mark.parametrize(
    ("group", "problem"),
    [
        (
            "{field: event.amount, type: map, operator: is, value: x}",
            "filters[1].filters[0].type: 'map' is not text, number, date, collection or boolean.",
        ),
        (
            "{field: city, type: text, operator: is, value: x}",
            "filters[1].filters[0].type: There is no such field; ",
        ),
        (
            "{field: citi, operator: is, value: Brno}",
            'filters[1].filters[0].field: There is no field or property called "citi"',
        ),
        ("", "filters[1].filters: A group needs a filter."),
        (
            f"{{field: city, operator: exists, filters: [{CITY}]}}",
            "filters[1].filters[0].filters: A group holds filters alone, no other group.",
        ),
        (", ".join([CITY] * 20), "filters: These are more than 20, those in groups included."),
    ],
)
def test_what_is_wrong_in_a_group_is_told_by_its_place(shop: Path, group: str, problem: str):
    [told] = refusals(shop, group)

    assert told.startswith(problem)
