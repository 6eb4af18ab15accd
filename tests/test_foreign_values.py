"""Keys of another workspace within a form or a filter: nothing of it is shown, changed or named."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import F, ForeignKey

from afterword.apply.tests.rich_workspace import a_rich_workspace
from afterword.campaigns.models import Campaign
from afterword.customers.models import Property
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Member, Workspace
from tests.factories import a_customer, a_member
from tests.places import one_of_everything
from tests.test_foreign_ids import rows_of
from tests.visitor import Visitor, every_form

SECRET = "Xenia of the other workspace"
_Find = Callable[[Workspace], object]
# Whose key a field takes, by its name.
TAKES: dict[str, _Find] = {
    "campaign": lambda theirs: Campaign.objects.filter(workspace=theirs)[0].id,
    "campaigns": lambda theirs: Campaign.objects.filter(workspace=theirs)[0].id,
    "template": lambda theirs: Template.objects.filter(workspace=theirs)[0].id,
    "property": lambda theirs: Property.objects.filter(workspace=theirs)[0].id,
    "customer": lambda theirs: theirs.customers.all()[0].id,
    "user": lambda theirs: Member.objects.filter(workspace=theirs)[0].user_id,
}


@pytest.fixture
def theirs(db: None) -> Workspace:
    workspace = a_rich_workspace()
    a_member(workspace)
    a_customer(workspace, first_name=SECRET)
    for model in (Campaign, Template):
        for row in model.objects.filter(workspace=workspace):
            model.objects.filter(pk=row.pk).update(name=f"{SECRET} {row.pk}")
    return workspace


def crossings() -> dict[str, int]:
    """Count the rows that name one of another workspace, by the field in which they do."""
    found = {}
    for model in apps.get_models():
        owned = {one.name for one in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            if not isinstance(field, ForeignKey) or "workspace" not in owned:
                continue
            others = {one.name for one in field.related_model._meta.concrete_fields}
            if "workspace" in others:
                crossed = model._default_manager.filter(**{f"{field.name}__isnull": False})
                crossed = crossed.exclude(**{f"{field.name}__workspace": F("workspace")})
                found[f"{model.__name__}.{field.name}"] = crossed.count()
    return {name: number for name, number in found.items() if number}


@pytest.mark.slow
def test_a_key_of_another_workspace_in_a_field_is_taken_by_none(theirs: Workspace):
    member, addresses = one_of_everything()
    visitor, before = Visitor(member), rows_of(theirs)
    tried, wrong = set(), {}

    def look() -> None:
        if rows_of(theirs) != before or crossings():
            wrong[form.action, field] = "rows"

    for form in every_form(visitor, addresses):
        for field in TAKES.keys() & {*form.fields, *form.unticked}:
            value = str(TAKES[field](theirs))
            changed = form._replace(fields={**form.fields, field: [value]})
            response, _ = visitor.ask(changed, look)
            tried.add(field)
            if response.status_code >= 500:
                wrong[form.action, field] = str(response.status_code)
            elif not response.streaming and SECRET in response.content.decode():
                wrong[form.action, field] = "shown"

    assert {"campaign", "template", "property", "user"} <= tried
    assert wrong == {}
