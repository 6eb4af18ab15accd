import pytest
from django.test import Client

from afterword.workspaces.models import Role
from tests.factories import a_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 403), (Role.MEMBER, 403), (Role.ANALYST, 403)],
)
def test_owners_alone_look_at_the_parts(role, status):
    client = Client()
    client.force_login(a_member(role=role).user)

    assert client.get("/parts").status_code == status


def test_who_has_not_signed_in_signs_in_first():
    assert Client().get("/parts").status_code == 302
