"""What each service posts: which path fills which field, and how it is told to. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from afterword.campaigns.models import Service

Paths = Mapping[str, tuple[str, ...]]

# What most senders call things, in the order in which they are looked for.
USUAL: Paths = MappingProxyType(
    {
        "email": ("email", "customer.email", "contact.email", "user.email", "properties.email"),
        "first_name": ("first_name", "firstName", "customer.first_name", "contact.first_name"),
        "last_name": ("last_name", "lastName", "customer.last_name", "contact.last_name"),
        "company": ("company", "company_name", "customer.company", "contact.company"),
        "tags": ("tags", "customer.tags"),
    }
)


@dataclass(frozen=True, slots=True)
class Preset:
    """`id_header` names a message as the service does, so that a retry is known as one."""

    paths: Paths
    steps: tuple[str, ...]
    id_header: str = ""
    body: str = ""  # what to paste where the service lets its users write the body


_FLAT = """{
  "email": "%s",
  "first_name": "%s",
  "last_name": "%s"
}"""

PRESETS: Mapping[Service, Preset] = MappingProxyType(
    {
        Service.WEBHOOK: Preset(
            USUAL,
            (
                "Let your service POST to the address as JSON or as a form, when something "
                "happened after which you want to ask.",
                "Send `email`, and `first_name`, `last_name`, `company`, `tags` and any property "
                "if you like. Where it calls them something else, say so under Fields.",
            ),
            body=_FLAT % ("ann@example.com", "Ann", "Lee"),
        ),
        Service.ZAPIER: Preset(
            USUAL,
            (
                "In your Zap, choose the trigger, such as a closed deal.",
                "Add the action Webhooks by Zapier, event POST, and paste the address as URL.",
                "Payload Type: json. Under Data, add `email` and, if you like, `first_name`, "
                "`last_name`, `company`, each filled from the trigger.",
            ),
        ),
        Service.HUBSPOT: Preset(
            {
                "email": ("properties.email.value", "properties.email", "email"),
                "first_name": ("properties.firstname.value", "properties.firstname", "firstname"),
                "last_name": ("properties.lastname.value", "properties.lastname", "lastname"),
                "company": ("properties.company.value", "properties.company", "company"),
            },
            (
                "In HubSpot, open Automations, then Workflows, and the workflow after which you "
                "want to ask.",
                "Add the action Send a webhook, method POST, and paste the address.",
                "As the request body choose Include all properties, or Customize and name them.",
            ),
        ),
        Service.ZENDESK: Preset(
            {
                "email": ("ticket.requester.email", "requester.email", "email"),
                "first_name": ("ticket.requester.first_name", "first_name"),
                "last_name": ("ticket.requester.last_name", "last_name"),
                "company": ("ticket.organization.name", "company"),
            },
            (
                "In Zendesk's Admin Center, open Apps and integrations, then Webhooks, and create "
                "one for a trigger or automation: paste the address, POST, JSON.",
                "Under Objects and rules, add a trigger with the condition Ticket status changed "
                "to Solved, and the action Notify active webhook.",
                "Paste this as its body.",
            ),
            id_header="X-Zendesk-Webhook-Invocation-Id",
            body=_FLAT
            % (
                "{{ticket.requester.email}}",
                "{{ticket.requester.first_name}}",
                "{{ticket.requester.last_name}}",
            ),
        ),
        Service.FRESHDESK: Preset(
            {
                "email": ("freshdesk_webhook.ticket_contact_email", "email"),
                "first_name": ("freshdesk_webhook.ticket_contact_name", "first_name", "name"),
                "company": ("freshdesk_webhook.ticket_company_name", "company"),
            },
            (
                "In Freshdesk, open Admin, Workflows, Automations, and a rule for ticket updates: "
                "status changed to Resolved.",
                "Add the action Trigger webhook: POST, paste the address, encoding JSON.",
                "Choose Advanced and paste this as the content.",
            ),
            body='{\n  "email": "{{ticket.requester.email}}",\n'
            '  "first_name": "{{ticket.requester.firstname}}",\n'
            '  "last_name": "{{ticket.requester.lastname}}"\n}',
        ),
        Service.SHOPIFY: Preset(
            {
                "email": ("email", "contact_email", "customer.email"),
                "first_name": ("customer.first_name", "first_name", "billing_address.first_name"),
                "last_name": ("customer.last_name", "last_name", "billing_address.last_name"),
                "company": ("billing_address.company",),
                "phone": ("phone", "customer.phone"),
                "city": ("billing_address.city",),
                "country": ("billing_address.country",),
                "tags": ("customer.tags",),
            },
            (
                "In Shopify, open Settings, Notifications, Webhooks, and create one.",
                "Event: Order fulfilled, or whatever is to be asked about. Format JSON, and paste "
                "the address as URL.",
            ),
            id_header="X-Shopify-Webhook-Id",
        ),
        Service.CHARGEBEE: Preset(
            {
                "email": ("content.customer.email", "content.subscription.customer_email"),
                "first_name": ("content.customer.first_name",),
                "last_name": ("content.customer.last_name",),
                "company": ("content.customer.company",),
                "message_id": ("id",),
            },
            (
                "In Chargebee, open Settings, Configure Chargebee, Webhooks, and add one.",
                "Paste the address, and choose the events to ask after, such as Subscription "
                "Created. Any other event would ask as well.",
            ),
        ),
        Service.SALESFORCE: Preset(
            {
                "email": ("Email", "email", "Contact.Email"),
                "first_name": ("FirstName", "first_name", "Contact.FirstName"),
                "last_name": ("LastName", "last_name", "Contact.LastName"),
                "company": ("Company", "Account.Name", "company"),
                "phone": ("Phone", "Contact.Phone"),
            },
            (
                "In Salesforce's Setup, add the address as a Named Credential and allow it under "
                "Remote Site Settings.",
                "Build a record-triggered flow on the object after which you want to ask, such as "
                "a closed case, with the action Call an HTTP endpoint: POST.",
                "Give it this body, filled from the record.",
            ),
            body=_FLAT
            % (
                "{!$Record.ContactEmail}",
                "{!$Record.Contact.FirstName}",
                "{!$Record.Contact.LastName}",
            ),
        ),
        Service.KUSTOMER: Preset(
            {
                "email": ("data.attributes.emails.0.email", "customer.email", "email"),
                "first_name": ("data.attributes.firstName", "customer.firstName", "first_name"),
                "last_name": ("data.attributes.lastName", "customer.lastName", "last_name"),
                "company": ("data.attributes.company", "company"),
                "tags": ("data.attributes.tags",),
            },
            (
                "In Kustomer, open Settings, Platform, Workflows, and a workflow on Conversation: "
                "Update, with a condition on the status Done.",
                "Add the step Look up customer, then REST API: POST to the address, with the "
                "customer as its data.",
            ),
        ),
        Service.KLAVIYO: Preset(
            {
                "email": ("email", "profile.email", "data.attributes.email"),
                "first_name": ("first_name", "profile.first_name", "data.attributes.first_name"),
                "last_name": ("last_name", "profile.last_name", "data.attributes.last_name"),
                "company": ("organization", "profile.organization"),
            },
            (
                "In Klaviyo, open the flow after which you want to ask, and drag in the action "
                "Webhook.",
                "Paste the address as destination URL, and this as the JSON body.",
            ),
            body=_FLAT
            % (
                "{{ person.email }}",
                "{{ person.first_name|default:'' }}",
                "{{ person.last_name|default:'' }}",
            ),
        ),
        Service.YOTPO: Preset(
            {
                "email": ("data.customer.email", "customer.email", "email", "data.email"),
                "first_name": ("data.customer.first_name", "customer.first_name", "first_name"),
                "last_name": ("data.customer.last_name", "customer.last_name", "last_name"),
            },
            (
                "In Yotpo, open Settings, Integrations, Webhooks, and create one.",
                "Choose the event to ask after, such as a new order or review, and paste the "
                "address as target.",
            ),
        ),
        Service.ZOHO: Preset(
            {
                "email": ("Email", "email"),
                "first_name": ("First_Name", "First Name", "first_name"),
                "last_name": ("Last_Name", "Last Name", "last_name"),
                "company": ("Company", "Account_Name", "Account Name", "company"),
                "phone": ("Phone",),
            },
            (
                "In Zoho CRM, open Setup, Automation, Actions, Webhooks, and configure one: POST, "
                "and paste the address.",
                "Under Body choose Form-Data or JSON, and add Email, First Name and Last Name of "
                "the module.",
                "Add a workflow rule that calls it, such as when a deal is won.",
            ),
        ),
    }
)

HOOKED = frozenset(PRESETS)


def preset_of(service: str) -> Preset:
    return PRESETS[Service(service)]
