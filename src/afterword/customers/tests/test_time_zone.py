import pytest

from afterword.customers.time_zone import zone_of


@pytest.mark.parametrize(
    ("properties", "zone"),
    [
        ({"time_zone": "America/New_York"}, "America/New_York"),
        ({"timezone": " Asia/Tokyo "}, "Asia/Tokyo"),
        ({"time_zone": "nowhere", "timezone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"Time_Zone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"timeZone": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"time_zone": "../../etc/passwd"}, None),
        ({"time_zone": 5}, None),
        ({"time_zone": None}, None),
        ({}, None),
    ],
)
def test_a_property_says_where_somebody_lives(properties, zone):
    found = zone_of(properties)

    assert (found and found.key) == zone
