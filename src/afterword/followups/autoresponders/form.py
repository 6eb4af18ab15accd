"""The form of an autoresponder."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from afterword.core.email_address import normalise
from afterword.core.one_line import one_line_only
from afterword.followups.autoresponders.models import WHEN, Autoresponder
from afterword.followups.autoresponders.write import CannotBeWritten, check
from afterword.followups.rule_form import RuleForm, event_labels

LONGEST_MINUTES = 7 * 24 * 60
MOST_BUTTONS = 5
_BUTTON = re.compile(r"(.{1,60}?)\s*\|\s*(https?://\S{1,2000})")


class AutoresponderForm(RuleForm):
    when = forms.ChoiceField(label="After an answer", widget=forms.RadioSelect)
    delay_from = forms.IntegerField(
        label="Earliest, in minutes after the answer", min_value=0, max_value=LONGEST_MINUTES
    )
    delay_to = forms.IntegerField(
        label="Latest, in minutes after the answer",
        min_value=0,
        max_value=LONGEST_MINUTES,
        help_text="It goes at a moment between the two, drawn at random.",
    )
    sender_name = forms.CharField(
        max_length=64,
        required=False,
        validators=[one_line_only],
        help_text="Such as the name of a person. Without one it is the workspace's.",
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
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One on each line: Write a review | https://…",
    )

    class Meta:
        model = Autoresponder
        fields = ("name", "score_min", "score_max", "sender_name", "reply_to", "subject", "body")

    def __init__(self, rule: Autoresponder, data: Any = None) -> None:
        super().__init__(rule, data)
        del self.fields["events"]
        labels = event_labels(rule.campaign) | {"feedback_without_comment": "Without a comment"}
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (event.value, labels[event].removeprefix("Answer: ")) for event in WHEN
        ]
        self.initial["when"] = rule.events[0] if rule.events else WHEN[0].value
        self.initial["delay_from"] = _minutes(rule.delay_min)
        self.initial["delay_to"] = _minutes(rule.delay_max)
        self.initial["buttons_text"] = "\n".join(
            f"{button['label']} | {button['url']}" for button in rule.buttons
        )
        self.order_fields(["name", "when", "score_min", "score_max", "delay_from", "delay_to"])

    def chosen_events(self) -> list[str]:
        return [self.cleaned_data.get("when") or ""]

    def clean_reply_to(self) -> str:
        given = self.cleaned_data["reply_to"].strip()
        address = normalise(given) if given else ""
        if address is None:
            raise ValidationError("This is no e-mail address.")
        return address

    def clean_subject(self) -> str:
        return _checked(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        return _checked(self.cleaned_data["body"])

    def clean_buttons_text(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["buttons_text"].splitlines()]
        found = [_BUTTON.fullmatch(line) for line in lines if line]
        if len(found) > MOST_BUTTONS:
            raise ValidationError(f"At most {MOST_BUTTONS} buttons can be shown.")
        buttons = [{"label": one[1], "url": one[2]} for one in found if one]
        if len(buttons) < len(found):
            raise ValidationError("Write each as: Write a review | https://…")
        return buttons

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        low, high = given.get("delay_from"), given.get("delay_to")
        if low is not None and high is not None and low > high:
            self.add_error("delay_to", "This is earlier than the earliest.")
        return given

    def complete(self) -> Autoresponder:
        rule: Autoresponder = self.instance
        given = self.cleaned_data
        rule.events = [given["when"]]
        rule.buttons = given["buttons_text"]
        rule.delay_min = timedelta(minutes=given["delay_from"])
        rule.delay_max = timedelta(minutes=given["delay_to"])
        return rule


def _minutes(delay: timedelta) -> int:
    return int(delay.total_seconds() // 60)


def _checked(source: str) -> str:
    try:
        check(source)
    except CannotBeWritten as fault:
        raise ValidationError(str(fault)) from None
    return source
