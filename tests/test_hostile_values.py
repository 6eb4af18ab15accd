"""Whatever is written into a field of a page's form or into an address, nothing breaks.

Every page's forms are submitted as they stand, but for one field. `make test` tries one value in
each, by turns; `make prove` all in all (its part `fuzz`).
"""

from itertools import count

import pytest

from afterword.workspaces.models import Member
from tests.forms import Form
from tests.places import one_of_everything
from tests.visitor import Visitor, every_form

PATIENCE = 2.0  # seconds of the processor
HOSTILE = {
    "NUL": ["a\0b"],
    "a lone surrogate": ["a\ud800b"],
    "100 kB": ["x" * 100_000],
    "100 kB of blanks": [f"x{' ' * 100_000}x"],
    "100 kB of lines": ["a\n" * 50_000],
    "a digit that is none": ["²"],
    "other digits": ["١٢"],
    "infinite": ["1e400"],
    "no number": ["NaN"],
    "negative": ["-1"],
    "beyond 64 bits": ["9999999999999999999"],
    "5,000 digits": ["9" * 5_000],
    "the first day": ["0001-01-01"],
    "the last minute": ["9999-12-31T23:59"],
    "empty": [""],
    "left out": [],
    "twice": ["Word", "Other"],
    "nobody's key": ["00000000-0000-0000-0000-000000000000"],
    "nested": ["[" * 50_000],
    "another JSON": ['{"a": [1e999, null]}'],
    "an open Liquid": ["{{"],
    "an open loop": ["{% for"],
    "an endless loop": ["{% for a in (1..99999999) %}x{% endfor %}"],
    "markup": ["<script>alert(1)</script>"],
    "a header": ["a\r\nBcc: eve@example.com"],
}


@pytest.fixture
def places(db: None) -> tuple[Member, list[str]]:
    return one_of_everything()


def is_read(field: str) -> bool:
    return field != "csrfmiddlewaretoken"  # which the test client spares


def fault(visitor: Visitor, form: Form) -> str:
    response, took = visitor.ask(form)
    if response.status_code >= 500:
        return f"{response.status_code}: {getattr(response, 'exc_info', None)!r}"
    return f"{took:.1f} s" if took > PATIENCE else ""


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(
    "is_each_everywhere",
    [False, pytest.param(True, marks=pytest.mark.prove)],
    ids=["by turns", "everywhere"],
)
def test_no_value_in_a_field_breaks_anything(
    places: tuple[Member, list[str]], is_each_everywhere: bool
):
    member, addresses = places
    visitor, turns = Visitor(member), count()
    forms = every_form(visitor, addresses)
    found = {}
    for form in forms:
        for field in filter(is_read, (*form.fields, *form.unticked)):
            turn = next(turns) % len(HOSTILE)
            for number, (name, values) in enumerate(HOSTILE.items()):
                if is_each_everywhere or number == turn:
                    changed = form._replace(fields={**form.fields, field: values})
                    found[form.method, form.action, field, name] = fault(visitor, changed)

    assert len(forms) > 100
    assert {tried: said for tried, said in found.items() if said} == {}
