"""The commands that change workspaces from a terminal."""

import argparse
import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from afterword.commands import export_person, tables
from afterword.commands.tests.conftest import Run
from afterword.configuration import configuration
from afterword.customers.models import Customer
from afterword.running.errors import CannotRun
from afterword.workspaces.models import (
    Invite,
    Member,
    PendingMember,
    Role,
    Scope,
    Token,
    User,
    Workspace,
    hash_token,
)
from tests import factories

ANN = "ann@acme.test"
PASSWORD = "a staple for horses"


def member_words(workspace: Workspace, role: str = "owner") -> list[str]:
    return ["--workspace", workspace.name, "--email", ANN, "--role", role]


def test_apply_prints_a_line_for_each_thing(run: Run, tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_text("workspace: {name: Acme}\ntokens: [{name: production, scope: ingest}]\n")

    status, out, _ = run("apply", path)

    assert status == 0
    assert re.fullmatch(r"created workspace Acme\ncreated token production: aw_[0-9a-f]{29}\n", out)
    assert run("apply", path) == (0, "unchanged workspace Acme\nunchanged token production\n", "")


def test_apply_refuses_a_bad_file(run: Run, tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_text("workspace:\n  nam: Acme\n")

    status, out, err = run("apply", path)

    assert (status, out) == (2, "")
    assert err == (
        f"{path}:2: workspace.nam: There is no such field; did you mean name?\n"
        f"{path}:2: workspace.name: This is needed.\n"
    )
    assert not Workspace.objects.exists()


def test_a_plan_tells_what_would_change_by_its_status_too(run: Run, tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_text("workspace: {name: Acme, max_mails_per_day: 2}\n")
    run("apply", path)

    assert run("plan", path) == (0, "unchanged workspace Acme\n", "")
    path.write_text("workspace: {name: Acme, max_mails_per_day: 5}\n")
    assert run("plan", path) == (
        2,
        "changed workspace Acme: max_mails_per_day\n  max_mails_per_day: 2 → 5\n",
        "",
    )
    assert Workspace.objects.get().max_mails_per_day == 2
    path.write_text("workspace: {nam: Acme}\n")
    assert run("plan", path)[0] == 1


def test_an_exported_workspace_is_applied_to_no_change(run: Run, tmp_path: Path):
    factories.a_campaign(factories.a_workspace(name="Acme"))
    path = tmp_path / "made" / "acme.yaml"

    assert run("export", "--workspace", "Acme", path) == (0, f"{path}\n", "")
    assert run("plan", path)[0] == 0


def test_a_file_that_cannot_be_written_is_named(run: Run, tmp_path: Path):
    factories.a_workspace(name="Acme")

    status, out, err = run("export", "--workspace", "Acme", tmp_path)

    assert (status, out, err) == (2, "", f"{tmp_path}: Is a directory.\n")


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_is_printed_alone(run: Run, scope: Scope):
    workspace = factories.a_workspace(name="Acme")

    status, out, err = run(
        "token create", "--workspace", "Acme", "--name", "shop", "--scope", scope.value
    )

    assert (status, err) == (0, "")
    token = Token.objects.get(hash=hash_token(out.strip()))
    assert (token.workspace, token.name, token.scope) == (workspace, "shop", scope)


def test_an_unknown_workspace_is_answered_with_the_known_ones(run: Run):
    factories.a_workspace(name="Beta")
    factories.a_workspace(name="Acme")

    status, out, err = run("token create", "--workspace", "x", "--name", "a", "--scope", "read")

    assert (status, out) == (2, "")
    assert err == "There is no workspace named x; there are: Acme, Beta.\n"


def test_a_name_that_is_taken_is_refused(run: Run):
    factories.a_workspace(name="Acme")
    words = ("token create", "--workspace", "Acme", "--name", "shop", "--scope", "read")
    run(*words)

    status, out, err = run(*words)

    assert (status, out) == (2, "")
    assert "There is a token named shop already" in err
    assert Token.objects.count() == 1


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_name_that_cannot_be_one_is_refused(run: Run, name: str):
    factories.a_workspace(name="Acme")

    status, out, _ = run("token create", "--workspace", "Acme", "--name", name, "--scope", "read")

    assert (status, out) == (2, "")


def test_a_new_member_chooses_a_password_by_the_link(run: Run, client: Client):
    workspace = factories.a_workspace()

    status, out, _ = run("member add", *member_words(workspace))

    assert status == 0
    said, _, link = out.splitlines()
    assert said == f"{ANN} is now owner of {workspace.name}."
    assert link.startswith(settings.BASE_URL + "/")
    form = client.get(link.removeprefix(settings.BASE_URL), follow=True)
    assert form.status_code == 200
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert authenticate(email=ANN, password=PASSWORD) == User.objects.get()
    used = Client().get(link.removeprefix(settings.BASE_URL), follow=True)
    assert not used.redirect_chain
    signed_in = client.post("/accounts/login/", {"login": ANN, "password": PASSWORD})
    assert signed_in.status_code == 302


def test_a_new_member_may_get_a_password_at_once(run: Run, monkeypatch: pytest.MonkeyPatch):
    workspace = factories.a_workspace()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    status, out, _ = run("member add", *member_words(workspace, "admin"), "--password-stdin")

    assert (status, out) == (0, f"{ANN} is now admin of {workspace.name}.\n")
    assert authenticate(email=ANN, password=PASSWORD)
    member = Member.objects.get()
    assert (member.workspace, member.role) == (workspace, Role.ADMIN)


def test_adding_a_member_again_changes_the_role(run: Run, monkeypatch: pytest.MonkeyPatch):
    workspace = factories.a_member().workspace
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD))
    run("member add", *member_words(workspace), "--password-stdin")

    changed = run("member add", *member_words(workspace, "analyst"))
    same = run("member add", *member_words(workspace, "analyst"))

    name = workspace.name
    assert changed == (0, f"{ANN} is now analyst of {name}, no longer owner.\n", "")
    assert same == (0, f"{ANN} is already analyst of {name}.\n", "")
    assert Member.objects.get(user__email=ANN).role == Role.ANALYST
    assert authenticate(email=ANN, password=PASSWORD)


def test_one_account_may_belong_to_several_workspaces(run: Run):
    for _ in range(2):
        run("member add", *member_words(factories.a_workspace()))

    assert User.objects.get().memberships.count() == 2


def test_an_account_that_anybody_may_have_gets_a_link_instead_of_access(run: Run):
    workspace = factories.a_workspace()
    User.objects.create_user(ANN, PASSWORD)

    status, out, _ = run("member add", *member_words(workspace))

    said, _, link = out.splitlines()
    assert status == 0
    assert "nobody has shown yet that the address is theirs" in said
    assert link.startswith(f"{settings.BASE_URL}/accounts/password/reset/key/")
    assert not Member.objects.exists()


def test_who_is_removed_is_let_in_no_more(run: Run, client: Client):
    owner = factories.a_member()
    workspace, gone = owner.workspace, factories.a_member(owner.workspace, Role.ADMIN)
    words = ("--workspace", workspace.name, "--email", gone.user.email)
    client.force_login(gone.user)
    assert client.get("/campaigns").status_code == 200

    status, out, _ = run("member remove", *words)

    assert (status, out) == (0, f"{gone.user.email} is no longer in {workspace.name}.\n")
    assert client.get("/campaigns").status_code == 403
    again = run("member remove", *words)
    assert again == (2, "", f"{gone.user.email} is not in {workspace.name}.\n")


def test_the_last_owner_stays(run: Run):
    owner = factories.a_member()
    factories.a_member(owner.workspace, Role.ADMIN)

    status, out, err = run(
        "member remove", "--workspace", owner.workspace.name, "--email", owner.user.email
    )

    assert (status, out) == (2, "")
    assert "is the last owner" in err
    assert Member.objects.count() == 2


def test_the_last_owner_gets_no_lower_role(run: Run):
    workspace = factories.a_workspace()
    run("member add", *member_words(workspace))

    status, out, err = run("member add", *member_words(workspace, "admin"))

    assert (status, out) == (2, "")
    assert "is the last owner" in err
    assert Member.objects.get().role == Role.OWNER


def test_what_waits_for_somebody_is_listed_as_such(run: Run):
    owner = factories.a_member()
    User.objects.create_user(ANN, PASSWORD)
    run("member add", *member_words(owner.workspace, "admin"))

    _, out, _ = run("member list", "--workspace", owner.workspace.name)

    assert out.splitlines() == [
        f"owner    {owner.user.email} (never signed in)",
        f"admin    {ANN} (waits for their link)",
    ]


def test_what_waits_for_somebody_is_taken_back(run: Run):
    owner = factories.a_member()
    User.objects.create_user(ANN, PASSWORD)
    run("member add", *member_words(owner.workspace))

    run("member remove", "--workspace", owner.workspace.name, "--email", ANN)

    assert not PendingMember.objects.exists()


def test_members_are_listed_with_their_roles(run: Run):
    owner = factories.a_member()
    analyst = factories.a_member(owner.workspace, Role.ANALYST)
    User.objects.filter(id=owner.user_id).update(last_login=factories.NOW)
    factories.a_member()

    _, out, _ = run("member list", "--workspace", owner.workspace.name)

    assert set(out.splitlines()) == {
        f"owner    {owner.user.email} (signed in 2026-11-01)",
        f"analyst  {analyst.user.email} (never signed in)",
    }


@pytest.mark.parametrize("password", ["", "short", "password123"])
def test_a_weak_password_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, password: str):
    workspace = factories.a_workspace()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    status, out, err = run("member add", *member_words(workspace), "--password-stdin")

    assert (status, out) == (2, "")
    assert "password" in err
    assert not User.objects.exists()


def test_an_address_that_is_none_is_refused(run: Run):
    workspace = factories.a_workspace()

    status, _, err = run(
        "member add", "--workspace", workspace.name, "--email", "ann", "--role", "owner"
    )

    assert (status, err) == (2, "ann is not an e-mail address.\n")


def test_tables_of_another_release_are_not_touched(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["something"])

    with pytest.raises(CannotRun, match="afterword migrate"):
        tables.ready_tables()


def test_somebody_is_invited_and_once_more_a_minute_later(run: Run):
    workspace = factories.a_member().workspace
    words = member_words(workspace, "analyst")

    status, out, _ = run("member invite", *words)
    again = run("member invite", *words)
    Invite.objects.update(sent_at=timezone.now() - timedelta(minutes=2))

    assert status == 0
    assert out.startswith(f"A link is on its way to {ANN}")
    assert again[0] == 2
    assert "wait a minute" in again[2]
    assert run("member invite", *words)[0] == 0
    assert "invited until" in run("member list", "--workspace", workspace.name)[1]
    assert run("member remove", "--workspace", workspace.name, "--email", ANN)[0] == 0
    assert not Invite.objects.exists()


def test_a_role_is_changed(run: Run):
    owner = factories.a_member()
    member = factories.a_member(owner.workspace, Role.MEMBER)
    words = ["--workspace", owner.workspace.name, "--email", member.user.email]

    status, out, _ = run("member role", *words, "--role", "admin")

    member.refresh_from_db()
    assert (status, member.role) == (0, Role.ADMIN)
    assert out == f"{member.user.email} is admin of {owner.workspace.name}, and was member.\n"
    assert run("member role", *words[:3], ANN, "--role", "admin")[0] == 2


@pytest.mark.parametrize("said", [f"{ANN}\n", "somebody else\n", "--yes"])
def test_a_person_is_erased_once_the_address_is_written_again(
    run: Run, monkeypatch: pytest.MonkeyPatch, said: str
):
    workspace = factories.a_workspace()
    factories.a_customer(workspace, email=ANN)
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    words = ["--workspace", workspace.name, "--email", ANN, *([said] if said == "--yes" else [])]

    status, out, err = run("erase", *words)

    is_erased = said != "somebody else\n"
    assert Customer.objects.exists() is not is_erased
    assert status == (0 if is_erased else 2)
    assert ("1 customers" in out) if is_erased else (err == "Nothing was erased.\n")
    assert run("erase", *words, "--yes")[0] == (2 if is_erased else 0)


def test_a_person_is_exported(db: None, capsysbinary: pytest.CaptureFixture[bytes]):
    workspace = factories.a_workspace()
    factories.a_customer(workspace, email=ANN)
    arguments = argparse.Namespace(workspace=workspace.name, email=ANN)

    assert export_person.run(arguments, configuration()) == 0

    told = json.loads(capsysbinary.readouterr().out)
    assert told["customers"][0]["email"] == ANN
    arguments.email = "nobody@acme.test"
    assert export_person.run(arguments, configuration()) == 2
