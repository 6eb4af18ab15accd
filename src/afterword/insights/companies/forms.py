"""The forms of a company: what it is called, and which other names lead to it."""

from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError

from afterword.core.one_line import one_line_only
from afterword.core.text import clean_text
from afterword.customers.company_names import NameRefused, checked
from afterword.customers.models import LONGEST_COMPANY, Company
from afterword.web.conflicts import NoticesOthers


class CompanyForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Company
        fields = ("name",)
        help_texts: ClassVar = {
            "name": "What it is called here. What customers say stays as they said it."
        }
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["name"].validators.append(one_line_only)

    def clean_name(self) -> str:
        return clean_text(str(self.cleaned_data["name"]))


class NameForm(forms.Form):
    """Another name, or a domain with its @, that is to lead to a company."""

    name = forms.CharField(
        label="Another name or mail domain",
        max_length=LONGEST_COMPANY,
        validators=[one_line_only],
        help_text="A name as customers give it, such as Acme Ltd, or a mail domain with its @, "
        "such as @acme.com. One that is a company of its own is merged, once you said so.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "dir": "auto", "list": "companies", "spellcheck": "false"}
        ),
    )

    def clean_name(self) -> str:
        name = clean_text(str(self.cleaned_data["name"]))
        try:
            checked(name)
        except NameRefused as refusal:
            raise ValidationError(str(refusal)) from None
        return name
