import pytest

from afterword.campaigns.models import Service
from afterword.hooks.mapping import MappingRefused, as_text, find, read_mapping, value_at
from afterword.hooks.presets import HOOKED, PRESETS


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("email", "ann@example.com"),
        ("customer.name", "Ann"),
        ("items.1.id", 2),
        ("a.b", "dots"),
        ("items.7.id", None),
        ("email.more", None),
        ("nowhere.at.all", None),
        ("items.-1", None),
        ("", None),
    ],
)
def test_a_path_leads_through_objects_and_lists(path, value):
    payload = {
        "email": "ann@example.com",
        "customer": {"name": "Ann"},
        "items": [{"id": 1}, {"id": 2}],
        "a.b": "dots",
    }

    assert value_at(payload, path) == value


def test_the_first_place_that_holds_something_fills_a_field():
    payload = {"contact": {"email": ""}, "who": {"mail": "ann@example.com"}}

    found = find(payload, {"email": ["contact.email", "who", "who.mail"]})

    assert (found.email, found.by_path) == ("ann@example.com", {"email": "who.mail"})


def test_what_is_not_mapped_keeps_its_name_unless_it_is_nested():
    payload = {"email": "a@b.example", "plan": "pro", "tags": ["vip"], "cart": {"total": 3}}

    assert find(payload, {}).fields == {"email": "a@b.example", "plan": "pro", "tags": ["vip"]}


def test_a_mapping_is_read_as_it_is_written():
    text = "email: who.mail, email\nfirst_name: who.first"

    assert read_mapping(text) == {"email": ["who.mail", "email"], "first_name": ["who.first"]}
    assert as_text(read_mapping(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email", "a colon"),
        ("email:", "a colon"),
        (": path", "a colon"),
        ("name: who.name", "email: customer.email"),
        ("email: a\nemail: b", "twice"),
        (f"email: {'x' * 400}", "too long"),
        ("email: a\n" + "\n".join(f"f{n}: a" for n in range(100)), "At most 100"),
    ],
)
def test_what_is_no_mapping_is_refused_with_words(text, said):
    with pytest.raises(MappingRefused, match=said):
        read_mapping(text)


def test_every_service_but_segment_and_the_api_has_a_preset_that_finds_an_address():
    assert set(Service) - HOOKED == {Service.SEGMENT, Service.API}
    assert all(preset.paths["email"] and preset.steps for preset in PRESETS.values())
