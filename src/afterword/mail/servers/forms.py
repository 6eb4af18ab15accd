"""The form of a workspace's own mail server."""

from django import forms

from afterword.mail.servers.address import MailServer, SmtpServer
from afterword.mail.servers.find import parse_own


class MailServerForm(forms.Form):
    """The address holds a password or a key, and what holds one is never shown again."""

    address = forms.CharField(
        max_length=2000,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text="Such as smtp://user:password@mail.example.com:587?tls=starttls, or "
        "postmark://SERVER_TOKEN@. It is stored encrypted and not shown again.",
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            self.server: MailServer = parse_own(address)
        except ValueError as problem:
            text = str(problem)
            raise forms.ValidationError(text[:1].upper() + text[1:]) from None
        return address

    def clean(self) -> None:
        self.data = {"address": _without_secrets(str(self.data.get("address", "")))}

    def refuse(self, reply: str) -> None:
        """Say why the server does not work, and leave what is no secret to be mended."""
        self.add_error("address", f"It does not work, and is not used: {reply}")
        if not isinstance(self.server, SmtpServer):
            self.add_error("address", "The key is not shown again: write it once more.")
        elif self.server.password:
            self.add_error("address", "The password is not shown again: write it once more.")


def _without_secrets(address: str) -> str:
    """Leave what may be shown: of `smtp:` the user too, elsewhere what stands there is a key."""
    scheme, found, rest = address.rpartition("://")
    before, at, host = rest.rpartition("@")
    if not at:
        return address if found else ""
    user, colon, _ = before.partition(":")
    return f"{scheme}{found}{user if scheme.startswith('smtp') else ''}{colon}@{host}"
