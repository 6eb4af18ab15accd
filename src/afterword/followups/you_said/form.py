"""The form of such a mail."""

from typing import Any

from django import forms

from afterword.followups.written_form import WrittenFields
from afterword.followups.written_trying import ANY_ANSWER
from afterword.followups.you_said.models import MOST_HELD_BACK, YouSaid
from afterword.web.conflicts import NoticesOthers


class YouSaidForm(WrittenFields, NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    held_back = forms.IntegerField(
        label="Held back, in percent",
        min_value=0,
        max_value=MOST_HELD_BACK,
        help_text="So many of them, drawn at random, get no mail: their next scores beside the "
        "others' show what it changed. 0 holds back nobody, and nothing can be compared.",
    )

    class Meta:
        model = YouSaid
        fields = ("subject", "body", "sender_name", "sender_address", "reply_to", "held_back")

    def __init__(self, you_said: YouSaid, data: Any = None) -> None:
        super().__init__(data, instance=you_said)
        self.show_written()
        self.order_fields(["subject", "body", "buttons_text"])

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.try_written(ANY_ANSWER)
        given: dict[str, Any] = self.cleaned_data
        return given

    def complete(self) -> YouSaid:
        you_said: YouSaid = self.instance
        you_said.buttons = self.cleaned_data["buttons_text"]
        return you_said
