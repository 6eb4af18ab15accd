"""What texts may show of a customer."""

from afterword.customers.models import Customer


def person_of(customer: Customer | None, email: str, campaign_name: str) -> dict[str, object]:
    person: dict[str, object] = {"email": email, "campaign_name": campaign_name}
    if customer is None:
        return person
    return {
        **customer.properties,
        **person,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "full_name": customer.full_name,
        "company_name": customer.company_name,
        "job_title": customer.job_title,
        "city": customer.city,
        "country": customer.country,
        "tags": customer.tags,
    }
