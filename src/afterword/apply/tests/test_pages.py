"""The page of the workspace's file."""

import io
import zipfile

import pytest
from django.test import Client

from afterword.apply.tests.rich_workspace import OTHER_PNG, PNG, a_rich_workspace
from afterword.survey_templates.pictures import redraw
from afterword.workspaces.models import Role, Workspace
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESSES = ["/settings/file", "/settings/file/download"]


def signed_in(role: Role = Role.OWNER, workspace: Workspace | None = None) -> Client:
    client = Client()
    client.force_login(factories.a_member(workspace, role).user)
    return client


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.MEMBER, 403), (Role.ANALYST, 403)],
)
def test_owners_and_admins_get_the_file(address, role, status):
    assert signed_in(role).get(address).status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_outsider_gets_nothing_of_it(address):
    factories.a_campaign(factories.a_workspace(name="Acme"), name="Ours alone")
    client = signed_in()

    answer = client.get(address)

    assert b"Ours alone" not in answer.content
    assert Client().get(address).status_code == 302


def test_the_download_has_the_file_and_its_logos():
    client = signed_in(workspace=a_rich_workspace())

    answer = client.get("/settings/file/download")

    assert answer["Content-Disposition"] == 'attachment; filename="acme-sons.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        text = archive.read("acme-sons.yaml").decode()
        logos = {archive.read(name) for name in names if name.startswith("logos/")}
    assert logos == {redraw(PNG).content, redraw(OTHER_PNG).content}
    assert all(name in text for name in names if name.startswith("logos/"))
    assert "Orders, 2026" in text


def test_the_page_shows_how_it_begins():
    client = signed_in(workspace=factories.a_workspace(name="Ünder <b>"))

    answer = client.get("/settings/file")

    assert "name: Ünder &lt;b&gt;" in answer.content.decode()
    assert "more line" not in answer.content.decode()
