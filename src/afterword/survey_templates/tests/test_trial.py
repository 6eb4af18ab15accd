import pytest
from django.test import Client

from afterword.sending.models import Mail, State
from afterword.workspaces.models import Role
from tests.factories import a_member, a_template, a_workspace
from tests.followups import posting

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(member):
    client = Client()
    client.force_login(member.user)
    return client


def test_a_test_reaches_whoever_writes_the_template():
    member = a_member()
    template = a_template(member.workspace, subject="How was it, {{ first_name }}?", footer="Acme")
    with posting() as sink:
        signed_in(member).post(f"/templates/{template.id}/trial")
        sink.send_due()
        [message] = sink.messages()

    html = message.get_body(("html",)).get_content()
    assert sink.recipients == [member.user.email]
    assert message["Subject"] == "Test: How was it, Ann?"
    assert f"/templates/{template.id}?score=9" in html
    assert "/s/" not in html
    assert Mail.objects.get().state == State.SENT


@pytest.mark.parametrize(("role", "count"), [(Role.OWNER, 1), (Role.MEMBER, 1), (Role.ANALYST, 0)])
def test_who_may_send_one(role, count):
    member = a_member(role=role)
    template = a_template(member.workspace)

    signed_in(member).post(f"/templates/{template.id}/trial")

    assert Mail.objects.count() == count


def test_an_outsider_finds_no_template():
    template = a_template(a_workspace())

    assert signed_in(a_member()).post(f"/templates/{template.id}/trial").status_code == 404
