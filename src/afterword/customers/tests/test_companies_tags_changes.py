import pytest

from afterword.customers import companies
from afterword.customers.companies import key_of
from afterword.customers.models import Change, Company, Customer, Tag
from afterword.customers.upsert import new_record
from afterword.flow import process_events
from afterword.surveys.models import SurveyFacts
from tests.factories import NOW, a_campaign, a_customer, a_property, a_track

pytestmark = pytest.mark.django_db


def tracked(campaign, email="ann@example.com", **properties):
    a_track(campaign.workspace, email=email, properties=properties)
    process_events(campaign.workspace_id, NOW)


def test_spellings_of_a_company_are_one():
    assert key_of("  Acme   Inc ") == key_of("ACME inc")


def test_an_event_makes_the_company_and_the_tags_that_it_names():
    campaign = a_campaign()

    tracked(campaign, companyName="ACME", tags="foo, bar")
    tracked(campaign, "bob@example.com", companyName="Acme", tags="bar")

    company = Company.objects.get(workspace=campaign.workspace)
    assert company.name == "ACME"
    assert set(company.customers.values_list("email", flat=True)) == {
        "ann@example.com", "bob@example.com",
    }  # fmt: skip
    assert set(Tag.objects.visible_to(campaign).values_list("name", flat=True)) == {"foo", "bar"}


def test_who_names_no_company_works_where_the_address_is():
    campaign = a_campaign()

    tracked(campaign, "ann@acme.test")
    tracked(campaign, "bob@acme.test", firstName="Bob")
    tracked(campaign, "cyd@acme.test", companyName="Umbrella")

    [acme] = Company.objects.exclude(name="Umbrella")
    assert (acme.name, acme.domain) == ("acme.test", "acme.test")
    assert set(acme.customers.values_list("email", flat=True)) == {"ann@acme.test", "bob@acme.test"}


@pytest.mark.parametrize("email", ["ann@gmail.com", "ann@seznam.cz", f"a@{'b.' * 110}test"])
def test_a_domain_of_free_mailboxes_is_no_company(email):
    tracked(a_campaign(), email)

    assert Customer.objects.get(email=email).company is None
    assert not Company.objects.exists()


def test_a_name_that_lower_case_makes_longer_has_a_key_that_fits():
    assert len(key_of("\u0130" * 200)) == 200


def test_companies_of_many_cost_as_many_queries_as_of_few(django_assert_num_queries):
    workspace = a_campaign().workspace

    def placed(domains):
        records = [new_record(f"ann@{domain}", "Segment", NOW) for domain in domains]
        companies.place(workspace.id, records, NOW)
        return {record.company_id for record in records}

    with django_assert_num_queries(3):
        few = placed(["one.test", "two.test"])
    with django_assert_num_queries(3):
        many = placed(f"{number}.test" for number in range(300))
    with django_assert_num_queries(1):
        assert placed(["one.test", "two.test"]) == few
    assert len(many) == 300


def test_another_company_is_another_row():
    campaign = a_campaign()
    tracked(campaign, companyName="ACME")

    tracked(campaign, companyName="Umbrella")

    assert Customer.objects.filter(company__name="Umbrella").count() == 1


def test_what_changed_is_logged_and_what_stayed_is_not():
    campaign = a_campaign()
    a_property(campaign.workspace, "plan")
    ann = a_customer(campaign.workspace, email="ann@example.com", first_name="Ann")

    tracked(campaign, firstName="Ann", plan="pro", city="Brno")
    tracked(campaign, firstName="Ann", plan="pro", city="Brno")

    change = Change.objects.get(customer=ann)
    assert (change.fields, change.source) == (["city", "plan"], "Segment")


def test_a_new_customer_is_no_change():
    tracked(a_campaign(), firstName="Ann")

    assert not Change.objects.exists()


def test_a_survey_keeps_what_was_known_when_it_was_decided():
    campaign = a_campaign()
    a_property(campaign.workspace, "plan")

    tracked(campaign, firstName="Ann", companyName="ACME", plan="pro", tags="foo")

    company = Company.objects.get()
    assert SurveyFacts.objects.get().facts == {
        "first_name": "Ann",
        "company": {"id": str(company.id), "name": "ACME"},
        "tags": ["foo"],
        "properties": {"plan": "pro"},
    }
