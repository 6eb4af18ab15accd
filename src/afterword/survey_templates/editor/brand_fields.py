"""What a form says of a brand, be it the workspace's or a template's own."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

from afterword.core.one_line import one_line_only
from afterword.survey_templates.pictures import MOST_BYTES, PictureRefused, redraw


class BrandFields(forms.Form):
    logo_file = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG, GIF or WebP, at most 1 MB. About 400 pixels wide looks sharp.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    logo_url = forms.URLField(
        label="Or the logo's address",
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Instead of an uploaded file; anyone must be able to load it.",
    )
    colour = forms.CharField(
        label="Colour of the buttons",
        required=False,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write the colour as #rrggbb.")],
        widget=forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
    )
    sender_name = forms.CharField(
        label="Sender's name", max_length=100, required=False, validators=[one_line_only]
    )

    def clean_logo_file(self) -> bytes | None:
        """Return the file's content; a form that fails elsewhere does not keep it."""
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        content: bytes = file.read(MOST_BYTES + 1)
        try:
            redraw(content)
        except PictureRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return content

    def check_one_logo(self) -> None:
        given = self.cleaned_data
        if given.get("logo_file") and given.get("logo_url"):
            if "logo_url" in self.changed_data:
                self.add_error("logo_url", "Give a file or an address, not both.")
            else:
                given["logo_url"] = ""  # the file takes its place
