"""The forms of the page on sender domains."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

from afterword.mail.message.assemble import MessageRefused, envelope_address
from afterword.mail.models import SenderDomain
from afterword.workspaces.models import Workspace

_PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class DomainForm(forms.Form):
    name = forms.CharField(
        label="Domain",
        max_length=1000,
        help_text="What stands after the @ of your address, such as acme.com.",
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url", "placeholder": "acme.com"}),
    )


class AddressForm(forms.Form):
    """Chooses an address at one of `domains`, the verified ones, or the default one."""

    local = forms.CharField(
        label="Before the @",
        required=False,
        max_length=64,
        help_text="Leave it empty to send from the default address.",
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "surveys"}),
    )
    domain = forms.ChoiceField(label="Domain")

    def __init__(
        self, workspace: Workspace, domains: Iterable[SenderDomain], given: object = None
    ) -> None:
        local, _, domain = workspace.sender_address.rpartition("@")
        super().__init__(given, initial={"local": local, "domain": domain})  # type: ignore[arg-type]
        choice = self.fields["domain"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(one.name, one.name) for one in domains]

    def clean(self) -> dict[str, object]:
        cleaned = self.cleaned_data
        cleaned["address"] = ""
        if (local := cleaned.get("local")) and (domain := cleaned.get("domain")):
            cleaned["address"] = _address(local, domain)
        return cleaned


def _address(local: str, domain: str) -> str:
    try:
        address = envelope_address(f"{local}@{domain}")
    except MessageRefused:
        address = ""
    if not address.isascii() or not 0 < len(address) <= 254:
        raise ValidationError(
            {"local": "Use letters of the English alphabet, digits, dots and hyphens."}
        )
    return address
