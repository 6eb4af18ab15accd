"""`afterword import FILE`."""

import csv
from pathlib import Path

import pytest

from afterword.commands.tests.conftest import Run
from afterword.customers.models import Customer, Property
from tests.factories import a_customer, a_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("email,first name,plan\nann@example.com,Ann,pro\nnobody,Bob,free\n")
    return path


def test_a_file_is_taken_in_with_a_line_that_says_how_far_it_is(run: Run, people: Path):
    workspace = a_workspace()
    refused = people.with_name("refused.csv")

    status, out, err = run(
        "import", people, "--workspace", workspace.name, "--new-properties", "--refused", refused
    )

    assert status == 0
    assert out == "New: 1\nUpdated: 0\nUnchanged: 0\nRefused: 1\n"
    assert "plan → new:text:plan" in err
    assert "2 of 2 rows · 100 %" in err
    assert Customer.objects.get().properties == {"plan": "pro"}
    assert len(list(csv.reader(refused.read_text().splitlines()))) == 2


def test_columns_that_nobody_defined_are_left_out_and_said(run: Run, people: Path):
    workspace = a_workspace()
    a_customer(workspace, email="ann@example.com")

    status, out, err = run("import", people, "--workspace", workspace.name, "--only-new")

    assert (status, "plan → left out" in err) == (0, True)
    assert "Known, and left alone: 1" in out
    assert not Property.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "empty"), ("who\nAnn\n", "no column of e-mail addresses"), (None, "cannot be read")],
)
def test_what_cannot_be_imported_is_refused(run: Run, tmp_path: Path, content, words):
    path = tmp_path / "people.csv"
    if content is not None:
        path.write_text(content)

    status, out, err = run("import", path, "--workspace", a_workspace().name)

    assert (status, out) == (2, "")
    assert words in err
