"""The fields of a mail that a member writes to customers, each checked as it will be used."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from afterword.core.email_address import normalise
from afterword.core.one_line import one_line_only
from afterword.followups.autoresponders.write import CannotBeWritten
from afterword.followups.samples import Sample
from afterword.followups.written_trying import try_text
from afterword.mail.models import SenderDomain

MOST_BUTTONS = 5
BUTTONS_LIMIT = 11_000  # characters of so many, each with words and an address as long as can be
_BUTTON = re.compile(r"(.{1,60}?)\s*\|\s*(https?://\S{1,2000})")


class WrittenFields(forms.Form):
    """Of a `ModelForm` of something written; stands before it among the bases."""

    instance: Any  # the form's own

    sender_name = forms.CharField(
        max_length=64,
        required=False,
        validators=[one_line_only],
        help_text="Such as the name of a person. Without one it is the workspace's.",
    )
    sender_address = forms.CharField(
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    reply_to = forms.CharField(
        label="Replies go to", max_length=254, required=False, help_text="An e-mail address."
    )
    subject = forms.CharField(max_length=250, validators=[one_line_only])
    body = forms.CharField(
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text='Liquid, as in templates. Links are written as <a href="https://…">words</a>.',
    )
    buttons_text = forms.CharField(
        label="Buttons",
        max_length=BUTTONS_LIMIT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One on each line: Write a review | https://…",
    )

    def show_written(self) -> None:
        """Fill in what is no column, and say which addresses can be chosen."""
        self.initial["buttons_text"] = "\n".join(
            f"{button['label']} | {button['url']}" for button in self.instance.buttons
        )
        domains = " or ".join(f"@{name}" for name in self._domains()) or "a verified sender domain"
        self.fields[
            "sender_address"
        ].help_text = f"At {domains}. Without one it is the workspace's."

    def _domains(self) -> list[str]:
        """Whose mail can be signed."""
        rows = SenderDomain.objects.filter(workspace_id=self.instance.workspace_id)
        verified = rows.filter(verified_at__isnull=False).order_by("name")
        return list(verified.values_list("name", flat=True))

    def clean_sender_address(self) -> str:
        given = self.cleaned_data["sender_address"].strip()
        if not given:
            return ""
        address = normalise(given)
        if address is None or not address.isascii():
            raise ValidationError("This is no e-mail address.")
        if address.rpartition("@")[2].lower() not in self._domains():
            raise ValidationError(
                "Mail from there cannot be signed: use an address at a verified domain of "
                "Settings, Sender domains."
            )
        return address

    def clean_reply_to(self) -> str:
        given = self.cleaned_data["reply_to"].strip()
        address = normalise(given) if given else ""
        if address is None:
            raise ValidationError("This is no e-mail address.")
        return address

    def try_written(self, samples: Sequence[Sample]) -> None:
        """Refuse a text that fails on one of them; part of `clean`."""
        for name in ("subject", "body"):
            try:
                try_text(self.cleaned_data.get(name, ""), samples)
            except CannotBeWritten as fault:
                self.add_error(name, str(fault))

    def clean_buttons_text(self) -> list[dict[str, str]]:
        buttons = buttons_of(self.cleaned_data["buttons_text"])
        if len(buttons) > MOST_BUTTONS:
            raise ValidationError(f"At most {MOST_BUTTONS} buttons can be shown.")
        if None in buttons:
            raise ValidationError("Write each as: Write a review | https://…")
        return [button for button in buttons if button]


def buttons_of(text: str) -> list[dict[str, str] | None]:
    """Read the buttons, one on each line; None for a line that is none."""
    lines = [line.strip() for line in text.splitlines()]
    found = [_BUTTON.fullmatch(line) for line in lines if line]
    return [one and {"label": one[1], "url": one[2]} for one in found]
