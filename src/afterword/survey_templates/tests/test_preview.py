import pytest
from django.test import Client
from django.urls import reverse

from afterword.workspaces.models import Role
from tests.factories import a_member, a_template, a_workspace

pytestmark = pytest.mark.django_db


def previewed(template, member=None):
    client = Client()
    if member:
        client.force_login(member.user)
    return client.get(reverse("templates:preview", args=[template.id]))


@pytest.mark.parametrize("role", [Role.OWNER, Role.MEMBER, Role.ANALYST])
def test_a_member_sees_the_mail_that_a_template_makes(role):
    template = a_template(workspace := a_workspace(), subject="Hi", question="How was it, really?")
    response = previewed(template, a_member(workspace, role))
    assert response.status_code == 200
    assert "How was it, really?" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("sandbox;")


def test_an_outsider_sees_nothing_and_a_stranger_signs_in():
    template = a_template(a_workspace())
    assert previewed(template, a_member()).status_code == 404
    assert previewed(template).status_code == 302


def test_a_template_that_cannot_be_a_mail_says_why():
    template = a_template(workspace := a_workspace(), question="{{ nobody | no_such_filter }}")
    response = previewed(template, a_member(workspace))
    assert response.status_code == 200
    assert "no_such_filter" in response.content.decode()


@pytest.mark.parametrize("score", ["²", "٣", "9" * 5000, "-1", ""])
def test_a_score_that_there_is_not_is_passed_over(score):
    template = a_template(workspace := a_workspace())
    client = Client()
    client.force_login(a_member(workspace).user)
    address = reverse("templates:preview", args=[template.id])

    assert client.get(address, {"score": score, "show": "page"}).status_code == 200
