"""Another address for one's own account: by a link that only its person can use."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from afterword.sending.models import Mail
from afterword.workspaces.models import AddressChange, PendingMember, User
from afterword.workspaces.own_address import ask, link_of
from tests.factories import a_member, a_workspace
from tests.followups import posting

NEW = "ann@new.test"


@pytest.fixture
def ann(client, db):
    user = a_member().user
    user.set_password("a long secret")
    user.save()
    client.force_login(user)
    return user


def asks(client, email=NEW, password="a long secret"):
    return client.post("/account/address", {"email": email, "password": password})


def path_of(user):
    return re.sub(r"^https?://[^/]+", "", link_of(AddressChange.objects.get(user=user)))


@pytest.mark.django_db(transaction=True)
def test_the_link_changes_it_and_the_old_address_is_told(client, ann):
    before = ann.email
    PendingMember.objects.create(workspace=a_workspace(), user=ann, role="owner")
    with posting() as post:
        assert asks(client).status_code == 302
        post.send_due()
        [link] = post.messages()
        [path] = re.findall(r"/account/address/\S+", link.get_body(("plain",)).get_content())
        assert "From now on with" in client.get(path).content.decode()
        ann.refresh_from_db()
        assert (link["To"], ann.email) == (NEW, before)

        client.post(path)
        post.send_due()
        told = post.messages()[-1]

    ann.refresh_from_db()
    assert (ann.email, ann.address_confirmed_at is not None) == (NEW, True)
    assert (told["To"], NEW in told.as_string()) == (before, False)
    assert not PendingMember.objects.exists()  # it was offered to the old address
    assert client.get(path).status_code == 404
    assert client.get("/account").status_code == 200


def test_nobody_else_can_use_the_link_nor_who_comes_late(client, ann):
    asks(client)
    path = path_of(ann)

    client.force_login(a_member().user)
    assert client.post(path).status_code == 404
    client.logout()
    assert client.post(path).status_code == 302
    client.force_login(ann)
    AddressChange.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(path).status_code == 404
    ann.refresh_from_db()
    assert ann.email != NEW


@pytest.mark.django_db(transaction=True)
def test_an_address_that_somebody_has_is_not_mailed_nor_taken(client, ann):
    taken = a_member().user.email
    with posting() as post:
        assert asks(client, taken).status_code == 302  # and does not tell that it is taken
        post.send_due()
        assert post.received == []

    client.post(path_of(ann))
    assert User.objects.filter(email=taken).count() == 1
    ann.refresh_from_db()
    assert ann.email != taken


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"password": "wrong"}, "password"),
        ({"email": ""}, "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, ann, given, field):
    page = asks(client, **given)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not Mail.objects.exists()


def test_links_are_not_sent_one_after_the_other_and_the_last_one_counts(client, ann):
    asks(client)
    first = path_of(ann)
    assert asks(client, "other@new.test").status_code == 422

    assert ask(ann, "other@new.test", timezone.now() + timedelta(minutes=2))
    assert client.get(first).status_code == 404


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get("/account/address").status_code == 302
