"""The form of a workspace's own mail server."""

from django import forms

from afterword.mail.server_address import MailServer
from afterword.mail.servers import parse_own


class MailServerForm(forms.Form):
    """Write-only: the address holds a password or a key, and is never shown again."""

    address = forms.CharField(
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as smtp://user:password@mail.example.com:587?tls=starttls, or "
        "postmark://SERVER_TOKEN@. It is stored encrypted and not shown again.",
    )

    def clean_address(self) -> str:
        try:
            self.server: MailServer = parse_own(self.cleaned_data["address"])
        except ValueError as problem:
            text = str(problem)
            raise forms.ValidationError(text[:1].upper() + text[1:]) from None
        return str(self.cleaned_data["address"])
