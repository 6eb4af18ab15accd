import pytest
from django.urls import reverse

from afterword.customers.models import Change, Customer, Tag
from afterword.customers.undefined import type_of
from afterword.workspaces.models import Role
from tests.factories import a_campaign, a_customer, a_member, a_property, a_workspace, an_event

pytestmark = pytest.mark.django_db
PAGE = "/settings/properties"


@pytest.fixture
def member(client):
    member = a_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def workspace(member):
    return member.workspace


def a_tag(workspace, name):
    return Tag.objects.create(workspace=workspace, name=name)


def text(response):
    return " ".join(response.content.decode().split())


def post(client, address, *args, **form):
    return client.post(reverse(f"properties:{address}", args=args), form, follow=True)


def asking(field, value):
    inner = {"field": field, "operator": "includes any", "value": value}
    return {"match": "all", "filters": [{"match": "any", "filters": [inner]}]}


def asked(campaign):
    campaign.refresh_from_db()
    return campaign.audience["filters"][0]["filters"][0]


# ---- who may


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_members_change_tags_and_administrators_properties(client, role):
    member = a_member(role=role)
    client.force_login(member.user)
    plan, tag = a_property(member.workspace, "plan"), a_tag(member.workspace, "vip")

    page = text(client.get(PAGE))
    of_tags = [
        post(client, "make_tag", name="new"),
        post(client, "rename_tag", tag.id, name="other"),
        client.get(reverse("properties:delete_tag", args=[tag.id])),
    ]
    of_properties = [
        client.post(PAGE, {"name": "seats", "type": "number"}, follow=True),
        client.get(reverse("properties:edit", args=[plan.id])),
        client.get(reverse("properties:delete", args=[plan.id])),
        client.get(reverse("properties:type", args=[plan.id])),
        client.get(reverse("properties:unfit", args=[plan.id]), follow=True),
    ]

    assert "plan" in page
    assert "vip" in page
    assert ("New tag" in page, "New property" in page) == (role.may_change, role.may_administer)
    assert {one.status_code for one in of_tags} == {200 if role.may_change else 403}
    assert {one.status_code for one in of_properties} == {200 if role.may_administer else 403}


def test_an_outsider_reaches_nothing(client, member):
    elsewhere = a_workspace()
    plan, tag = a_property(elsewhere, "plan"), a_tag(elsewhere, "vip")

    for name in ("edit", "type", "delete"):
        assert post(client, name, plan.id, name="x", type="number").status_code == 404
    for name, id_ in (("rename_tag", tag.id), ("delete_tag", tag.id)):
        assert post(client, name, id_, name="x").status_code == 404
    assert "vip" not in text(client.get(PAGE))


# ---- properties


def test_a_property_has_a_description_and_says_how_many_hold_it(client, workspace):
    plan = a_property(workspace, "plan")
    for _ in range(2):
        a_customer(workspace, properties={"plan": "pro"})
    a_customer(a_workspace(), properties={"plan": "pro"})

    post(client, "edit", plan.id, name="plan", description="What they pay for")

    page = text(client.get(PAGE))
    assert "What they pay for" in page
    assert 'data-label="Customers">2</td>' in page


@pytest.mark.parametrize("field", ["plan", "properties.plan"])
def test_a_property_is_renamed_with_values_and_audiences(client, workspace, field):
    plan = a_property(workspace, "plan")
    campaign = a_campaign(workspace, audience=asking(field, ["pro"]))
    stamps = {"plan": "2026-11-01T00:00:00.000000+00:00"}
    ann = a_customer(workspace, properties={"plan": "pro", "a": 1}, changed_at=stamps)
    other = a_customer(workspace, properties={"a": 1})
    elsewhere = a_customer(a_workspace(), properties={"plan": "pro"})

    page = text(post(client, "edit", plan.id, name="tier"))

    for customer in (ann, other, elsewhere):
        customer.refresh_from_db()
    assert "plan is called tier now, with 1 customers too." in page
    assert ann.properties == {"tier": "pro", "a": 1}
    assert ann.changed_at == {"tier": stamps["plan"]}
    assert (other.properties, elsewhere.properties) == ({"a": 1}, {"plan": "pro"})
    assert asked(campaign)["field"] == field.replace("plan", "tier")


@pytest.mark.parametrize("name", ["seats", "email", "two words", ""])
def test_a_name_that_cannot_be_is_refused(client, workspace, name):
    plan = a_property(workspace, "plan")
    a_property(workspace, "seats")

    assert post(client, "edit", plan.id, name=name).status_code == 422
    plan.refresh_from_db()
    assert plan.name == "plan"


def test_names_that_events_carry_and_nobody_defined_are_offered(client, workspace):
    a_property(workspace, "plan")
    sent = {"plan": "pro", "seats": 3, "email": "a@b.test", "two words": 1, "nested": {"a": 1}}
    an_event(workspace, properties=sent | {"createdDate": "2026-11-01T10:00:00Z"})
    an_event(a_workspace(), properties={"secret": 1})

    offered = {(one.name, one.type) for one in client.get(PAGE).context["undefined"]}
    client.post(PAGE, {"name": "seats", "type": "number"})

    assert offered == {("seats", "number"), ("createdDate", "date")}
    assert {one.name for one in client.get(PAGE).context["undefined"]} == {"createdDate"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("pro", "text"),
        (3, "number"),
        (True, "boolean"),
        ("False", "boolean"),
        ("yes", "text"),
        (["a"], "collection"),
        ("2026-11-01", "date"),
        ("1234567890", "text"),
    ],
)
def test_the_type_is_what_a_value_looks_like(value, kind):
    assert type_of(value) == kind


# ---- tags


def test_a_tag_is_made_once(client, workspace):
    post(client, "make_tag", name=" vip ")

    assert post(client, "make_tag", name="vip").status_code == 422
    assert workspace.tags.get().name == "vip"


@pytest.mark.parametrize("name", ["", "a, b", "a\nb", "x" * 201])
def test_a_tag_that_cannot_be_is_refused(client, workspace, name):
    assert post(client, "make_tag", name=name).status_code == 422
    assert not workspace.tags.exists()


def test_a_tag_is_renamed_with_customers_and_audiences_and_the_change_is_logged(
    client, member, workspace
):
    tag = a_tag(workspace, "vip")
    campaign = a_campaign(workspace, audience=asking("tags", ["vip", "beta"]))
    ann, bob = a_customer(workspace, tags=["vip", "beta"]), a_customer(workspace, tags=["beta"])
    elsewhere = a_customer(a_workspace(), tags=["vip"])

    page = text(post(client, "rename_tag", tag.id, name="gold"))

    for customer in (ann, bob, elsewhere):
        customer.refresh_from_db()
    change = Change.objects.get()
    assert "vip is called gold, with 1 customers." in page
    assert (ann.tags, bob.tags, elsewhere.tags) == (["gold", "beta"], ["beta"], ["vip"])
    assert (change.customer, change.fields, change.by) == (ann, ["tags"], member.user)
    assert asked(campaign)["value"] == ["gold", "beta"]


def test_two_tags_become_one_once_that_was_confirmed(client, workspace):
    tag, other = a_tag(workspace, "vip"), a_tag(workspace, "gold")
    campaign = a_campaign(workspace, audience=asking("tags", ["vip", "gold"]))
    both, one = a_customer(workspace, tags=["gold", "vip"]), a_customer(workspace, tags=["vip"])

    question = post(client, "rename_tag", tag.id, name="gold")
    assert question.status_code == 409
    assert "Merge vip into gold?" in text(question)
    assert workspace.tags.count() == 2

    post(client, "rename_tag", tag.id, name="gold", merge="gold")
    assert workspace.tags.get() == other
    assert {tuple(c.tags) for c in Customer.objects.filter(id__in=[both.id, one.id])} == {("gold",)}
    assert asked(campaign)["value"] == ["gold"]


def test_a_tag_is_deleted_from_all_customers(client, workspace):
    tag = a_tag(workspace, "vip")
    campaign = a_campaign(workspace, audience=asking("tags", ["vip"]))
    ann = a_customer(workspace, tags=["vip", "beta"])

    question = text(client.get(reverse("properties:delete_tag", args=[tag.id])))
    post(client, "delete_tag", tag.id)

    ann.refresh_from_db()
    assert campaign.name in question
    assert "1 customer has it" in question
    assert ann.tags == ["beta"]
    assert not workspace.tags.exists()
