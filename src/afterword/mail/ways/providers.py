"""The mail providers that django-anymail speaks to: what each needs and can do. Pure.

How a provider's address becomes settings of anymail's backend and of its tracking webhook.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Provider(NamedTuple):
    """Which part of an address is which setting of anymail's backend, named as anymail does.

    `form` is the address as documented. `module` and `view` are anymail's; without a view there
    are no reports. `host` may hold `{}` for the host: then it is filled into `api_url`. `regions`
    are the values of `region=` with the API's address for each.
    """

    title: str
    form: str
    module: str
    view: str = ""
    key: str = "api_key"
    secret: str = ""  # what follows the key's colon
    host: str = ""
    options: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    regions: Mapping[str, str] = {}
    # The setting of the tracking webhook that `webhook_signing_key=` is; empty: it has none.
    signing_key: str = ""
    # Whether reports carry our metadata; those of the others carry the mail's one tag.
    has_metadata: bool = True
    # Whether any account may add headers; else only List-Unsubscribe goes, as esp_extra.
    has_headers: bool = True
    # The HTTP header for a key under which the provider takes a mail only once.
    idempotency: str = ""

    @property
    def backend(self) -> str:
        return f"anymail.backends.{self.module}.EmailBackend"

    @property
    def tracking(self) -> str | None:
        return f"anymail.webhooks.{self.module}.{self.view}WebhookView" if self.view else None


PROVIDERS: Mapping[str, Provider] = {
    "brevo": Provider("Brevo", "brevo://API_KEY@", "brevo", "BrevoTracking"),
    "mailersend": Provider(
        "MailerSend",
        "mailersend://API_TOKEN@",
        "mailersend",
        "MailerSendTracking",
        key="api_token",
        signing_key="signing_secret",
        has_metadata=False,
        has_headers=False,
    ),
    "mailgun": Provider(
        "Mailgun",
        "mailgun://API_KEY@mg.example.com?region=eu",
        "mailgun",
        "MailgunTracking",
        host="sender_domain",
        regions={
            "us": "https://api.mailgun.net/v3",
            "eu": "https://api.eu.mailgun.net/v3",
        },
        signing_key="webhook_signing_key",
    ),
    "mailjet": Provider(
        "Mailjet",
        "mailjet://API_KEY:SECRET_KEY@",
        "mailjet",
        "MailjetTracking",
        secret="secret_key",
    ),
    "mailtrap": Provider(
        "Mailtrap",
        "mailtrap://API_TOKEN@",
        "mailtrap",
        "MailtrapTracking",
        key="api_token",
        options=("sandbox_id",),
        signing_key="tracking_secret",
    ),
    "mandrill": Provider(
        "Mandrill",
        "mandrill://API_KEY@",
        "mandrill",
        "MandrillCombined",
        signing_key="webhook_key",
    ),
    "postal": Provider(
        "Postal",
        "postal://API_KEY@postal.example.com",
        "postal",
        "PostalTracking",
        host="https://{}",
        signing_key="webhook_key",
        has_metadata=False,
    ),
    "postmark": Provider(
        "Postmark",
        "postmark://SERVER_TOKEN@",
        "postmark",
        "PostmarkTracking",
        key="server_token",
        options=("message_stream",),
    ),
    "resend": Provider(
        "Resend",
        "resend://API_KEY@",
        "resend",
        "ResendTracking",
        signing_key="signing_secret",  # verified by `svix`
        idempotency="Idempotency-Key",
    ),
    "scaleway": Provider(
        "Scaleway",
        "scaleway://SECRET_KEY@?project_id=…",
        "scaleway",
        key="secret_key",
        options=("project_id", "region"),
        needed=("project_id",),
    ),
    "sendgrid": Provider(
        "SendGrid",
        "sendgrid://API_KEY@",
        "sendgrid",
        "SendGridTracking",
        signing_key="tracking_webhook_verification_key",
    ),
    "sparkpost": Provider(
        "SparkPost",
        "sparkpost://API_KEY@?region=eu",
        "sparkpost",
        "SparkPostTracking",
        options=("subaccount",),
        regions={
            "us": "https://api.sparkpost.com/api/v1",
            "eu": "https://api.eu.sparkpost.com/api/v1",
        },
    ),
    "unisender-go": Provider(
        "Unisender Go",
        "unisender-go://API_KEY@go1.unisender.ru",
        "unisender_go",
        "UnisenderGoTracking",
        host="https://{}/ru/transactional/api/v1",
        signing_key="api_key",
    ),
}

# The class of each provider's tracking webhook, for import_string; None where it has none.
TRACKING_VIEWS: Mapping[str, str | None] = {
    name: provider.tracking for name, provider in PROVIDERS.items()
}


class Account(Protocol):
    """What is needed of a `server_address.ProviderAccount`."""

    @property
    def provider(self) -> str: ...
    @property
    def settings(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def webhook_secret(self) -> str: ...
    @property
    def webhook_signing_key(self) -> str: ...


def webhook_options(account: Account) -> dict[str, str]:
    """What the class in TRACKING_VIEWS is made with: `import_string(path)(**options)`.

    Empty where the account's address has nothing to verify a report with: it proves nothing.
    """
    provider = PROVIDERS[account.provider]
    if provider.tracking is None:
        return {}
    options = {"webhook_secret": account.webhook_secret} if account.webhook_secret else {}
    # Unisender Go signs with the key that sends, the others with one of their own.
    sends_with = dict(account.settings).get(provider.signing_key, "")
    if key := account.webhook_signing_key or sends_with:
        options[provider.signing_key] = key
    return options
