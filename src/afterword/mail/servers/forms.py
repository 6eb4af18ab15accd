"""The form of a workspace's own mail server."""

from typing import Any

from django import forms

from afterword.mail.servers.address import MailServer, SmtpServer, smtp_address
from afterword.mail.servers.find import parse_own

_AS_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class MailServerForm(forms.Form):
    """An SMTP server by its parts, or anything by its address; secrets are never shown again."""

    host = forms.CharField(
        required=False,
        max_length=253,
        widget=forms.TextInput(attrs=_AS_TYPED),
        help_text="Such as mail.example.com.",
    )
    tls = forms.ChoiceField(
        label="Encryption",
        required=False,
        choices=[
            ("starttls", "STARTTLS (port 587)"),
            ("tls", "TLS from the start (port 465)"),
            ("none", "None (port 25)"),
        ],
    )
    port = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=65_535,
        widget=forms.NumberInput(attrs={"class": "short"}),
        help_text="If it is another than the usual one.",
    )
    user = forms.CharField(
        label="User name",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs=_AS_TYPED),
    )
    password = forms.CharField(
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="It is stored encrypted and not shown again.",
    )
    address = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs=_AS_TYPED),
        help_text="Such as postmark://SERVER_TOKEN@, or "
        "smtp://user:password@mail.example.com:587?tls=starttls&connections=8.",
    )

    @property
    def is_by_address(self) -> bool:
        return bool(self.data.get("address"))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self._forget_secrets()
        if self.errors:
            return given
        if given["address"] and given["host"]:
            self.add_error("address", "Fill in a host or an address, not both.")
        elif given["address"]:
            self._read(given["address"], "address")
        elif given["host"]:
            parts = {name: given[name] for name in ("host", "port", "user", "password")}
            self._read(smtp_address(**parts, tls=given["tls"] or "starttls"), "host")
        else:
            self.add_error("host", "This is needed, or a provider's address below.")
        return given

    def refuse(self, reply: str) -> None:
        """Say why the server does not work, and leave what is no secret to be mended."""
        field = "address" if self.is_by_address else "host"
        self.add_error(field, f"It does not work, and is not used: {reply}")
        if not isinstance(self.server, SmtpServer):
            self.add_error(field, "The key is not shown again: write it once more.")
        elif self.server.password:
            field = field if self.is_by_address else "password"
            self.add_error(field, "The password is not shown again: write it once more.")

    def _read(self, address: str, field: str) -> None:
        try:
            self.server: MailServer = parse_own(address)
        except ValueError as problem:
            text = str(problem)
            self.add_error(field, text[:1].upper() + text[1:])
        else:
            self.cleaned_data["url"] = address

    def _forget_secrets(self) -> None:
        shown = {name: self.data.get(name, "") for name in self.fields if name != "password"}
        self.data = {**shown, "address": _without_secrets(str(shown["address"]))}


def _without_secrets(address: str) -> str:
    """Leave what may be shown: of `smtp:` the user too, elsewhere what stands there is a key."""
    scheme, found, rest = address.rpartition("://")
    before, at, host = rest.rpartition("@")
    if not at:
        return address if found else ""
    user, colon, _ = before.partition(":")
    return f"{scheme}{found}{user if scheme.startswith('smtp') else ''}{colon}@{host}"
