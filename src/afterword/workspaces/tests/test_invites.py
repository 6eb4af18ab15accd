"""Opening the link of an invite: it binds to whoever has the address, and to nobody else."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.workspaces.invites import accept, invite, link_of, send_again
from afterword.workspaces.members import CannotChange, change_role, remove_member
from afterword.workspaces.models import Invite, Member, Role, User
from tests.factories import a_member, a_workspace

pytestmark = pytest.mark.django_db

ANN = "ann@acme.test"
PASSWORD = "a staple for horses"


def invited(role: Role = Role.MEMBER, email: str = ANN) -> tuple[Invite, str]:
    """An invite, and the path of its link."""
    made = invite(a_workspace(), email, role, None, timezone.now())
    return made, path_of(made)


def path_of(made: Invite) -> str:
    return "/" + link_of(made).partition("//")[2].partition("/")[2]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_who_has_no_account_makes_one_and_is_in():
    made, path = invited(Role.ADMIN)
    browser = Client()
    assert ANN in browser.get(path).content.decode()

    answer = browser.post(path, {"name": "Ann", "password": PASSWORD})

    member = Member.objects.get(user__email=ANN)
    assert (answer["Location"], member.role, member.user.name) == ("/", Role.ADMIN, "Ann")
    assert member.user.address_confirmed_at
    assert member.user.last_login
    assert browser.get("/campaigns").status_code == 200
    assert not Invite.objects.exists()
    assert made.workspace == member.workspace


@pytest.mark.parametrize("wrong", ["", "short", "password1", "ann@acme.test"])
def test_a_weak_password_is_refused_at_its_field(wrong):
    _, path = invited()

    answer = Client().post(path, {"password": wrong})

    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert not User.objects.exists()


def test_a_link_works_once():
    _, path = invited()
    Client().post(path, {"password": PASSWORD})

    for again in (Client().get(path), Client().post(path, {"password": "an intruder's own"})):
        assert again.status_code == 404
        assert "no longer works" in again.content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_who_has_an_account_signs_in_first():
    user = User.objects.create_user(ANN, PASSWORD)
    _, path = invited()

    asked = Client().get(path)
    posted = Client().post(path, {"password": "an intruder's own"})

    assert f"/accounts/login/?next={path}" in asked.content.decode()
    assert not Member.objects.exists()
    user.refresh_from_db()
    assert user.check_password(PASSWORD), posted.content.decode()
    browser = Client()
    there = browser.post(
        f"/accounts/login/?next={path}", {"login": ANN, "password": PASSWORD, "next": path}
    )
    assert there["Location"] == path
    assert browser.post(path)["Location"] == "/"
    assert Member.objects.get().user == user


def test_nothing_happens_for_somebody_else():
    another = a_member()
    _, path = invited(Role.OWNER)
    browser = signed_in(another.user)

    page, posted = browser.get(path), browser.post(path)

    for answer in (page, posted):
        assert another.user.email in answer.content.decode()
        assert "nothing has happened" in answer.content.decode()
    assert Member.objects.count() == 1
    assert Invite.objects.exists()


def test_a_get_lets_nobody_in():
    user = User.objects.create_user(ANN, PASSWORD)
    _, path = invited()

    assert b"Join" in signed_in(user).get(path).content
    assert not Member.objects.exists()


@pytest.mark.parametrize("how", ["too old", "taken back", "sent anew", "made up"])
def test_a_link_that_is_over_says_so(how):
    made, path = invited()
    if how == "too old":
        Invite.objects.update(expires_at=timezone.now())
    if how == "taken back":
        made.delete()
    if how == "sent anew":
        Invite.objects.update(sent_at=timezone.now() - timedelta(hours=1))
        assert send_again(made, timezone.now())
    if how == "made up":
        path = path_of(Invite(link_id=new_id()))[:-1] + "x"

    answer = Client().get(path)

    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()


def test_a_lower_role_takes_nothing_away():
    user = User.objects.create_user(ANN, PASSWORD)
    made, _ = invited(Role.ANALYST)
    Member.objects.create(workspace=made.workspace, user=user, role=Role.ADMIN)

    accept(made, user, timezone.now())

    assert Member.objects.get().role == Role.ADMIN


def test_nothing_that_lets_anybody_in_is_stored():
    _, path = invited()

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(one)::text FROM workspaces_invite AS one")
        [(row,)] = cursor.fetchall()

    assert path.rpartition("/")[2] not in row


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("do", ["remove", "lower"])
def test_two_owners_who_take_each_other_out_leave_one(do):
    first = a_member()
    second = a_member(first.workspace)
    refused = []

    def out(email: str) -> None:
        try:
            if do == "remove":
                remove_member(first.workspace, email)
            else:
                change_role(first.workspace, User.objects.get(email=email), Role.ANALYST)
        except CannotChange as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=out, args=[one.user.email]) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Member.objects.filter(role=Role.OWNER).count() == 1
    assert len(refused) == 1
