"""The form of a webhook. Values of headers are never shown again."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from afterword.core.sealed import Unreadable, seal
from afterword.followups.events import FOR_PEOPLE, Event
from afterword.followups.rule_form import RuleForm
from afterword.followups.samples import samples_of
from afterword.followups.values import FIELDS
from afterword.followups.webhooks.body import PREFILLED, BodyRefused, check_body
from afterword.followups.webhooks.models import Webhook
from afterword.followups.webhooks.request import OURS, new_secret
from afterword.followups.webhooks.trying import try_body

HIDDEN = "••••••"
MOST_HEADERS = 20
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_VALUE = re.compile(r"[\x20-\x7e]{1,2000}")


class WebhookForm(RuleForm):
    events_offered = tuple(event for event in Event if event not in FOR_PEOPLE)

    url = forms.URLField(
        label="Address",
        max_length=2000,
        assume_scheme="https",
        help_text="It gets a POST for each event, and again until it answers with 2xx.",
    )
    headers_text = forms.CharField(
        label="Headers",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text="One on each line, as in Authorization: Bearer …. Their values are stored "
        "encrypted and not shown again.",
    )
    body = forms.CharField(
        label="Body (JSON)",
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "font-monospace"}),
        help_text="Delete, add or rename what you like. A text that is one {{ field }} alone "
        "becomes the field itself: a number, a list, null.",
    )

    class Meta:
        model = Webhook
        fields = ("name", "url", "events", "score_min", "score_max", "body")

    def __init__(self, rule: Webhook, data: Any = None) -> None:
        if rule._state.adding and not rule.body:
            rule.body = PREFILLED
        super().__init__(rule, data)
        self._kept, self._server = _headers_of(rule), _server_of(rule.url)
        self.fields["headers_text"].initial = "\n".join(f"{name}: {HIDDEN}" for name in self._kept)
        self.order_fields(["name", "url", "events", "score_min", "score_max", "headers_text"])
        self._put_the_switch_last()

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if not url.lower().startswith(("https://", "http://")):
            raise ValidationError("Write an address that begins with https:// or http://.")
        if url != self.initial.get("url") and (problem := address_problem(url)):
            raise ValidationError(problem)
        return url

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        try:
            check_body(body, FIELDS)
        except BodyRefused as refusal:
            raise ValidationError(str(refusal)) from None
        return body

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "body" in given and (wanted := self.chosen()):
            campaign = self.instance.campaign
            try:
                try_body(given["body"], samples_of(wanted, campaign.scale if campaign else None))
            except BodyRefused as refusal:
                self.add_error("body", str(refusal))
        return given

    def clean_headers_text(self) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data["headers_text"].splitlines()]
        found: dict[str, str] = {}
        for line in filter(None, lines):
            name, value = _header(line)
            if value == HIDDEN:
                if name not in self._kept:
                    raise ValidationError(f"Write the value of {name}: it is not known here.")
                url = self.cleaned_data.get("url")
                if url and _server_of(url) != self._server:
                    raise ValidationError(
                        f"Write the value of {name} anew: what was meant for the address before "
                        "is not sent to another server."
                    )
                value = self._kept[name]
            found[name] = value
        if len(found) > MOST_HEADERS:
            raise ValidationError(f"At most {MOST_HEADERS} headers can be sent.")
        return found

    def complete(self) -> Webhook:
        webhook: Webhook = self.instance
        webhook.headers = self.cleaned_data["headers_text"]
        if not webhook.sealed_secret:
            webhook.sealed_secret = seal(new_secret())
        return webhook


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    if value.strip() == HIDDEN:
        return name.strip(), HIDDEN
    if problem := header_problem(name, value.strip()):
        raise ValidationError(problem)
    return name, value.strip()


def address_problem(url: str) -> str | None:
    """Say why an address is not taken: it is shown to all members, and kept with each try."""
    try:
        if not urlsplit(url).password:
            return None
    except ValueError:
        return "This is no address: write one such as https://crm.example.com/hook."
    return (
        "Leave the name and the password out of the address, where all can read them: "
        "write them as the header Authorization: Basic …, which is kept encrypted."
    )


def header_problem(name: str, value: str) -> str | None:
    """Say why something cannot be a header of one's own."""
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        return "Write each header on a line of its own, as in X-Key: value."
    if name.lower() in OURS or name.lower().startswith("webhook-"):
        return f"{name} is set by Afterword: leave it out."
    return None


def _server_of(url: str) -> tuple[str, str]:
    """Return scheme, and host with port: where else a value goes, others may read it."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def _headers_of(webhook: Webhook) -> dict[str, str]:
    try:
        return webhook.headers
    except Unreadable:  # the secret key has changed: they are to be entered anew
        return {}
