"""The form of a workspace's own mail server."""

from urllib.parse import urlsplit

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
        try:
            self.server: MailServer = parse_own(self.cleaned_data["address"])
        except ValueError as problem:
            text = str(problem)
            raise forms.ValidationError(text[:1].upper() + text[1:]) from None
        self._typed = str(self.cleaned_data["address"])
        return self._typed

    def clean(self) -> None:
        self.data = {}

    def refuse(self, reply: str) -> None:
        """Say why the server does not work, and leave what is no secret to be mended."""
        self.add_error("address", f"It does not work, and is not used: {reply}")
        if isinstance(self.server, SmtpServer):
            self.data = {"address": _without_password(self._typed)}
            if self.server.password:
                self.add_error("address", "The password is not shown again: write it once more.")


def _without_password(address: str) -> str:
    url = urlsplit(address)
    user, _, host = url.netloc.rpartition("@")
    name = user.partition(":")[0]
    return url._replace(netloc=f"{name}:@{host}" if ":" in user else url.netloc).geturl()
