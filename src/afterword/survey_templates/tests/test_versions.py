import threading

import pytest
from django.db import connection

from afterword.survey_templates.look import COLOUR
from afterword.survey_templates.models import Brand, TemplateVersion
from afterword.survey_templates.versions import current, current_of
from tests.factories import NOW, a_template, a_workspace

pytestmark = pytest.mark.django_db


def test_a_version_is_made_at_first_use_and_kept_until_something_changes():
    template = a_template(a_workspace(), subject="Before")
    first = current_of(template, NOW)
    assert current_of(template, NOW) == first

    template.document["subject"] = "After"
    template.save()
    second = current_of(template, NOW)

    assert (first.number, second.number) == (1, 2)
    first.refresh_from_db()
    assert (first.said.subject, second.said.subject) == ("Before", "After")


def test_a_change_that_is_taken_back_leads_to_the_version_of_before():
    template = a_template(a_workspace(), subject="Before")
    first = current_of(template, NOW)
    for subject in ("After", "Before"):
        template.document["subject"] = subject
        template.save()
        current_of(template, NOW)

    assert current_of(template, NOW) == first
    assert template.versions.count() == 2


def test_a_version_has_the_brand_of_its_day():
    workspace = a_workspace(name="Acme")
    template = a_template(workspace, logo_url="", colour="")
    plain = current_of(template, NOW).looks
    Brand.objects.create(
        workspace=workspace, logo_url="https://a.test/l.png", colour="#112233", footer="Acme, Brno"
    )

    branded = current_of(template, NOW).looks

    assert (plain.company, plain.colour, plain.logo_url) == ("Acme", COLOUR, "")
    assert (branded.colour, branded.footer) == ("#112233", "Acme, Brno")
    assert branded.logo_url == "https://a.test/l.png"


def test_what_a_template_says_of_itself_comes_before_the_brand():
    workspace = a_workspace()
    Brand.objects.create(workspace=workspace, colour="#112233", logo_url="https://a.test/l.png")
    template = a_template(workspace, colour="#445566", logo_url="https://a.test/own.png")

    looks = current_of(template, NOW).looks

    assert (looks.colour, looks.logo_url) == ("#445566", "https://a.test/own.png")


def test_many_templates_cost_two_queries(django_assert_num_queries):
    templates = [a_template(a_workspace()) for _ in range(3)]
    current([each.id for each in templates], NOW)

    with django_assert_num_queries(2):
        current([each.id for each in templates], NOW)


@pytest.mark.django_db(transaction=True)
def test_two_who_use_it_first_at_once_get_one_version():
    template = a_template(a_workspace())
    found: list[TemplateVersion] = []

    def use() -> None:
        found.append(current_of(template, NOW))
        connection.close()

    users = [threading.Thread(target=use) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()

    assert {version.number for version in found} == {1}
    assert len({version.id for version in found}) == 1
