import pytest
from django.test import Client

from afterword.customers.models import Customer
from tests.factories import a_campaign, a_customer, a_member, a_property

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(member):
    return member.workspace


@pytest.fixture
def member():
    return a_member()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.parametrize("name", ["subscription_name", "createdDate", "plan-2", "prix_é"])
def test_a_property_is_made(client, workspace, name):
    answer = client.post("/settings/properties", {"name": name, "type": "number"}, follow=True)

    assert name in answer.content.decode()
    assert workspace.properties.get().type == "number"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "required"),
        ("signup date", "no spaces"),
        ("signup\tdate", "no spaces"),
        ("x" * 101, "At most 100"),
        ("email", "own field"),
        ("firstName", "own field"),
        ("tags", "own field"),
        ("plan", "already"),
        ("pl\x01an", "cannot be seen"),
    ],
)
def test_a_name_that_cannot_be_is_refused(client, workspace, name, said):
    a_property(workspace, "plan")

    answer = client.post("/settings/properties", {"name": name, "type": "text"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert workspace.properties.count() == 1


def test_an_unknown_type_is_refused(client, workspace):
    assert client.post("/settings/properties", {"name": "a", "type": "map"}).status_code == 422


def test_a_deleted_property_takes_its_values_along(client, workspace):
    plan = a_property(workspace, "plan")
    ann = a_customer(workspace, properties={"plan": "pro", "city": "Brno"}, changed_at={"plan": 1})
    elsewhere = a_customer(a_member().workspace, properties={"plan": "pro"})

    asked = client.get(f"/settings/properties/{plan.id}/deletion")
    client.post(f"/settings/properties/{plan.id}/deletion")

    assert "1 customer" in asked.content.decode()
    assert not workspace.properties.exists()
    ann.refresh_from_db()
    assert (ann.properties, ann.changed_at) == ({"city": "Brno"}, {})
    assert Customer.objects.get(id=elsewhere.id).properties == {"plan": "pro"}


@pytest.mark.parametrize("is_grouped", [False, True])
@pytest.mark.parametrize("field", ["plan", "properties.plan"])
def test_a_property_that_an_audience_asks_for_stays(client, workspace, field, is_grouped):
    plan = a_property(workspace, "plan")
    asked = {"field": field, "operator": "exists"}
    filters = [{"match": "any", "filters": [asked]}] if is_grouped else [asked]
    campaign = a_campaign(workspace, audience={"match": "all", "filters": filters})

    answer = client.post(f"/settings/properties/{plan.id}/deletion")

    assert answer.status_code == 409
    assert campaign.name in answer.content.decode()
    assert workspace.properties.exists()
