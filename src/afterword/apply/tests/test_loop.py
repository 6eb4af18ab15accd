"""The rule of who follows answers up, in a workspace's file."""

from pathlib import Path

import pytest

from afterword.apply.apply import apply_path
from afterword.apply.problems import FileRefused
from afterword.apply.writing.files import save
from afterword.apply.writing.workspace import write
from afterword.feedback.loop.models import AssignmentRule, To
from afterword.workspaces.models import Role
from tests.factories import a_member, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo():
    return a_member(a_workspace(name="Acme"), Role.MEMBER)


@pytest.fixture
def applied(tmp_path: Path):
    def told(rule: str) -> list[str]:
        path = tmp_path / "acme.yaml"
        path.write_text(f"workspace: {{name: Acme}}\nclose_the_loop: {{{rule}}}\n")
        return [line for line in apply_path(path).lines if "close the loop" in line]

    return told


def test_it_is_made_changed_and_then_left_alone(bo, applied):
    email = bo.user.email

    assert applied(f"active: true, member: {email}, due_hours: 4") == ["created close the loop"]
    assert applied("active: true, due_hours: 4") == ["unchanged close the loop"]
    rule = AssignmentRule.objects.get()
    assert (rule.to, rule.user, rule.due_hours) == (To.MEMBER, bo.user, 4)
    assert rule.enabled_at == rule.looked_at is not None

    [line] = applied(f"active: false, to: turn, members: [{email}]")
    assert "members" in line
    rule.refresh_from_db()
    assert (rule.to, rule.users, rule.enabled_at) == (To.TURN, [bo.user_id], None)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("active: true", "Choose the member who gets them"),
        ("active: true, to: turn", "Choose at least one member"),
        ("member: nobody@else.test", "is no member of the workspace who may change something"),
        ("due_hours: 0", "is not a whole number from 1 to"),
        ("to: everybody", "is not"),
        ("hours: 3", "hours"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(bo, applied, rule, words):
    with pytest.raises(FileRefused, match=words):
        applied(rule)

    assert not AssignmentRule.objects.exists()


def test_what_is_written_can_be_applied_though_somebody_only_reads_by_now(bo, applied, tmp_path):
    applied(f"active: true, member: {bo.user.email}")
    bo.role = Role.ANALYST
    bo.save()

    path = tmp_path / "written.yaml"
    save(write(bo.workspace), path)

    assert "active: false" in path.read_text()
    apply_path(path)


def test_who_only_reads_cannot_be_named(bo, applied):
    analyst = a_member(bo.workspace, Role.ANALYST)

    with pytest.raises(FileRefused, match="may change something"):
        applied(f"member: {analyst.user.email}")
