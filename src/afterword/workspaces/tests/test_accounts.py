"""Whose an account is: nobody gets anywhere by saying that an address is theirs."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from afterword.workspaces.invites import invite
from afterword.workspaces.members import Joining, add_member, password_link
from afterword.workspaces.models import Invite, Member, PendingMember, Role, User
from tests.factories import a_member, a_workspace

pytestmark = pytest.mark.django_db

BOSS = "future-owner@corp.example"
PASSWORD = "a staple for horses"


def choose_password(link: str, password: str = PASSWORD) -> Client:
    """Do what the person does who gets the link; return their browser."""
    browser = Client()
    form = browser.get(link.removeprefix(settings.BASE_URL), follow=True)
    done = browser.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})
    assert done.status_code == 302
    return browser


@pytest.fixture
def claimant() -> User:
    """An analyst elsewhere, whose account came to say that it has the address."""
    user = a_member(role=Role.ANALYST).user
    user.email = BOSS
    user.save()
    return user


def test_only_the_account_pages_that_are_used_exist():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert {name for name in names if name.startswith("account_")} == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }


@pytest.mark.parametrize("address", ["email/", "signup/", "confirm-email/", "confirm-email/a:b:c/"])
@pytest.mark.parametrize("action", ["action_add", "action_primary"])
def test_no_page_changes_the_address_of_an_account(address, action):
    analyst = a_member(role=Role.ANALYST)
    browser = Client()
    browser.force_login(analyst.user)

    answer = browser.post(f"/accounts/{address}", {action: "", "email": BOSS})

    assert answer.status_code == 404
    assert not EmailAddress.objects.filter(email=BOSS).exists()


def test_whoever_claims_an_address_gets_nothing_that_is_given_to_it(claimant):
    workspace = a_workspace()

    joined = add_member(workspace, BOSS, Role.OWNER)

    assert joined.joining is Joining.PENDING
    assert not Member.objects.filter(workspace=workspace).exists()


def test_the_person_gets_in_by_the_link_and_the_claimant_is_out(claimant):
    workspace = a_workspace()
    stranger = Client()
    stranger.force_login(claimant)
    joined = add_member(workspace, BOSS, Role.OWNER)

    choose_password(password_link(joined.user))

    assert Member.objects.get(workspace=workspace).role == Role.OWNER
    assert not PendingMember.objects.exists()
    assert authenticate(email=BOSS, password=PASSWORD) == claimant
    assert stranger.get("/settings/tokens").status_code == 302, "the old session goes on"
    assert not authenticate(email=BOSS, password="correct horse battery")


def test_a_password_that_is_given_anew_does_not_say_whose_the_account_is(claimant):
    workspace = a_workspace()

    joined = add_member(workspace, BOSS, Role.OWNER, PASSWORD)

    assert joined.joining is Joining.PENDING
    assert not Member.objects.filter(workspace=workspace).exists()


def test_a_claimed_address_gets_no_higher_role_in_its_own_workspace_either(claimant):
    workspace = claimant.memberships.get().workspace
    Member.objects.filter(user=claimant).update(role=Role.MEMBER)

    raised = add_member(workspace, BOSS, Role.OWNER)
    assert (raised.joining, Member.objects.get().role) == (Joining.PENDING, Role.MEMBER)

    lowered = add_member(workspace, BOSS, Role.ANALYST)
    assert (lowered.joining, Member.objects.get().role) == (Joining.CHANGED, Role.ANALYST)
    assert not PendingMember.objects.exists(), "the higher role still waits"


def test_changing_the_password_while_signed_in_confirms_nothing(claimant):
    add_member(a_workspace(), BOSS, Role.OWNER)
    browser = Client()
    browser.force_login(claimant)

    browser.post(
        "/accounts/password/change/",
        {"oldpassword": "correct horse battery", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert authenticate(email=BOSS, password=PASSWORD)
    claimant.refresh_from_db()
    assert claimant.address_confirmed_at is None
    assert PendingMember.objects.exists()


def test_a_confirmed_account_is_added_at_once():
    user = add_member(a_workspace(), BOSS, Role.MEMBER).user
    choose_password(password_link(user))

    assert add_member(a_workspace(), BOSS, Role.OWNER).joining is Joining.ADDED


def test_whose_role_a_command_lowers_leaves_no_way_back():
    lowered = a_member(role=Role.ADMIN)
    a_member(lowered.workspace, Role.OWNER)
    now = timezone.now()
    invite(lowered.workspace, "backdoor@elsewhere.test", Role.ADMIN, lowered.user, now)

    add_member(lowered.workspace, lowered.user.email, Role.ANALYST)

    assert not Invite.objects.exists()


def test_a_new_account_with_a_password_is_the_operators_word():
    add_member(a_workspace(), BOSS, Role.MEMBER, PASSWORD)

    assert add_member(a_workspace(), BOSS, Role.OWNER).joining is Joining.ADDED


def test_accounts_that_were_there_keep_their_own_address_alone():
    user = a_member().user
    EmailAddress.objects.create(user=user, email=user.email, primary=False)
    EmailAddress.objects.create(user=user, email=BOSS, primary=True)
    migration = import_module("afterword.workspaces.migrations.0004_one_address_an_account")

    migration.forget_further_addresses(apps, None)

    assert EmailAddress.objects.get().email == user.email
    assert not authenticate(email=BOSS, password="correct horse battery")
    assert authenticate(email=user.email, password="correct horse battery") == user


def test_nobody_gets_mail_because_a_stranger_typed_their_address(mailoutbox):
    answer = Client().post("/accounts/password/reset/", {"email": "nobody@else.example"})

    assert answer.status_code == 302
    assert mailoutbox == []
