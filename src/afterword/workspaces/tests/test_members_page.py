"""The members page: who is in a workspace, who is invited, and who may say so."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterword.sending.models import Mail
from afterword.workspaces.models import Invite, Member, Role, Scope
from afterword.workspaces.tokens import make_token
from tests.factories import a_member, a_token

pytestmark = pytest.mark.django_db

ANN = "ann@acme.test"
PAGE = "/settings/members"


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def owner() -> Member:
    return a_member(role=Role.OWNER)


@pytest.fixture
def client(owner: Member) -> Client:
    return signed_in(owner)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_members_and_analysts_read(owner, role):
    reader = signed_in(a_member(owner.workspace, role))

    page = reader.get(PAGE).content.decode()

    assert owner.user.email in page
    assert f'href="{PAGE}"' in page, "the navigation does not lead there"
    assert "Invite somebody" not in page
    assert "Remove" not in page


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ANALYST])
def test_they_change_nothing(owner, role):
    reader = signed_in(a_member(owner.workspace, role))
    invite = an_invite(owner)

    answers = [
        reader.post(f"{PAGE}/invites", {"email": "x@acme.test", "role": "owner"}),
        reader.post(f"{PAGE}/invites/{invite.id}/mail"),
        reader.post(f"{PAGE}/invites/{invite.id}/removal"),
        reader.post(f"{PAGE}/{owner.id}/role", {"role": "analyst"}),
        reader.get(f"{PAGE}/{owner.id}/removal"),
        reader.post(f"{PAGE}/{owner.id}/removal"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert Member.objects.get(id=owner.id).role == Role.OWNER


def test_those_of_another_workspace_are_not_there(client, owner):
    elsewhere = a_member()
    invite = an_invite(elsewhere)

    answers = [
        client.post(f"{PAGE}/invites/{invite.id}/mail"),
        client.post(f"{PAGE}/invites/{invite.id}/removal"),
        client.post(f"{PAGE}/{elsewhere.id}/role", {"role": "analyst"}),
        client.post(f"{PAGE}/{elsewhere.id}/removal"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert elsewhere.user.email.encode() not in client.get(PAGE).content


def test_strangers_are_sent_to_the_sign_in():
    assert Client().get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"


def test_an_invite_is_mailed_and_listed(client, owner):
    answer = client.post(
        f"{PAGE}/invites", {"email": " Ann@Acme.test ", "role": "member"}, follow=True
    )

    invite = Invite.objects.get()
    mail = Mail.objects.get()
    assert (invite.email, invite.role, invite.by) == (ANN, Role.MEMBER, owner.user)
    assert invite.expires_at - invite.sent_at == timedelta(days=30)
    assert (mail.kind, mail.recipient, mail.workspace) == ("member_invite", ANN, None)
    assert answer.content.decode().count(ANN) >= 2, "it is said, and listed"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "no address", "role": "member"}, "email"),
        ({"email": "", "role": "member"}, "email"),
        ({"email": "a\0@acme.test", "role": "member"}, "email"),
        ({"email": ANN, "role": "emperor"}, "role"),
        ({"email": ANN}, "role"),
    ],
)
def test_a_bad_invite_is_refused_at_its_field(client, wrong, field):
    answer = client.post(f"{PAGE}/invites", wrong)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Invite.objects.exists()


def test_who_is_in_or_invited_is_not_invited_again(client, owner):
    an_invite(owner)

    there = client.post(f"{PAGE}/invites", {"email": owner.user.email, "role": "member"})
    invited = client.post(f"{PAGE}/invites", {"email": ANN, "role": "member"})

    assert "already" in there.content.decode()
    assert "send the link again" in invited.content.decode()
    assert Invite.objects.count() == 1


def test_a_link_is_sent_again_but_not_at_once(client, owner):
    invite = an_invite(owner)
    client.post(f"{PAGE}/invites/{invite.id}/mail")
    assert Invite.objects.get().link_id == invite.link_id, "a moment ago"

    Invite.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    client.post(f"{PAGE}/invites/{invite.id}/mail")

    assert Invite.objects.get().link_id != invite.link_id
    assert Mail.objects.count() == 2


def test_an_invite_is_taken_back(client, owner):
    invite = an_invite(owner)

    client.post(f"{PAGE}/invites/{invite.id}/removal")

    assert not Invite.objects.exists()


def test_a_mail_that_came_back_is_shown(client, owner):
    an_invite(owner)
    Mail.objects.update(bounced_at=timezone.now())

    assert "came back" in client.get(PAGE).content.decode()


def test_a_role_changes(client, owner):
    colleague = a_member(owner.workspace, Role.ANALYST)

    client.post(f"{PAGE}/{colleague.id}/role", {"role": "owner"})

    colleague.refresh_from_db()
    assert colleague.role == Role.OWNER


@pytest.mark.parametrize("role", ["emperor", "", "owner\0"])
def test_a_role_that_is_none_changes_nothing(client, owner, role):
    answer = client.post(f"{PAGE}/{owner.id}/role", {"role": role}, follow=True)

    assert "Choose one of the roles" in answer.content.decode()
    assert Member.objects.get().role == Role.OWNER


def test_the_last_owner_stays(client, owner):
    a_member(owner.workspace, Role.ADMIN)

    lowered = client.post(f"{PAGE}/{owner.id}/role", {"role": "member"}, follow=True)
    removed = client.post(f"{PAGE}/{owner.id}/removal")

    assert "is the last owner" in lowered.content.decode()
    assert removed.status_code == 409
    assert "is the last owner" in removed.content.decode()
    assert Member.objects.get(id=owner.id).role == Role.OWNER


def test_an_admin_has_no_say_about_owners(owner):
    admin = a_member(owner.workspace, Role.ADMIN)
    other = a_member(owner.workspace, Role.OWNER)
    browser = signed_in(admin)
    of_owner = an_invite(owner, role=Role.OWNER)
    Invite.objects.update(sent_at=timezone.now() - timedelta(hours=1))

    browser.post(f"{PAGE}/{admin.id}/role", {"role": "owner"})
    browser.post(f"{PAGE}/{other.id}/role", {"role": "analyst"})
    browser.post(f"{PAGE}/{other.id}/removal")
    browser.post(f"{PAGE}/invites/{of_owner.id}/mail")
    browser.post(f"{PAGE}/invites/{of_owner.id}/removal")
    invited = browser.post(f"{PAGE}/invites", {"email": "x@acme.test", "role": "owner"})

    roles = {one.id: one.role for one in Member.objects.all()}
    assert roles == {owner.id: Role.OWNER, admin.id: Role.ADMIN, other.id: Role.OWNER}
    assert invited.status_code == 422
    assert Mail.objects.count() == 1
    assert Invite.objects.filter(id=of_owner.id).exists()
    assert "Take back" not in browser.get(PAGE).content.decode()


def test_who_is_removed_is_out_at_the_next_click(client, owner):
    gone = a_member(owner.workspace, Role.ADMIN)
    theirs = signed_in(gone)
    assert theirs.get("/campaigns").status_code == 200
    an_invite(gone, email="backdoor@elsewhere.test")

    client.post(f"{PAGE}/{gone.id}/removal")

    assert theirs.get("/campaigns").status_code == 403
    assert not Invite.objects.exists(), "what they offered is taken back"


def test_who_may_do_less_leaves_no_way_back(client, owner):
    lowered = a_member(owner.workspace, Role.ADMIN)
    an_invite(lowered, email="backdoor@elsewhere.test", role=Role.ADMIN)
    an_invite(owner)

    client.post(f"{PAGE}/{lowered.id}/role", {"role": "analyst"})

    assert Invite.objects.get().email == ANN, "what others offered goes on"


def test_who_may_do_more_keeps_their_invites(client, owner):
    raised = a_member(owner.workspace, Role.ADMIN)
    an_invite(raised)

    client.post(f"{PAGE}/{raised.id}/role", {"role": "owner"})

    assert Invite.objects.exists()


@pytest.mark.parametrize("revoke", [True, False])
def test_tokens_that_they_made_go_on_unless_they_are_revoked_too(client, owner, revoke):
    gone = a_member(owner.workspace, Role.ADMIN)
    make_token(owner.workspace, "theirs", Scope.READ, gone.user)
    a_token(owner.workspace)
    assert b"theirs" in client.get(f"{PAGE}/{gone.id}/removal").content

    client.post(f"{PAGE}/{gone.id}/removal", {"revoke": "on"} if revoke else {})

    assert owner.workspace.tokens.live().filter(name="theirs").exists() is not revoke
    assert owner.workspace.tokens.live().exclude(name="theirs").exists()


def test_ones_own_account_has_a_name_and_switches(client, owner):
    page = client.get("/account")
    assert f"Mails by the notifications of {owner.workspace}" in page.content.decode()

    client.post("/account", {"name": "Ann Owner"})

    owner.refresh_from_db()
    assert (str(owner.user), owner.spared_at is not None) == ("Ann Owner", True)
    client.post("/account", {"name": "", f"mails_{owner.workspace_id}": "on"})
    owner.refresh_from_db()
    assert owner.spared_at is None
    assert client.post("/account", {"name": "Ann\r\nBcc: all@acme.test"}).status_code == 422


def an_invite(by: Member, email: str = ANN, role: Role = Role.MEMBER) -> Invite:
    signed_in(by).post(f"{PAGE}/invites", {"email": email, "role": role})
    return Invite.objects.get(email=email)
