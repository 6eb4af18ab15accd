"""The form of an autoresponder."""

from datetime import timedelta
from typing import Any

from django import forms

from afterword.followups.autoresponders.models import WHEN, Autoresponder
from afterword.followups.rule_form import RuleForm, event_labels
from afterword.followups.samples import samples_of
from afterword.followups.written_form import WrittenFields

LONGEST_MINUTES = 7 * 24 * 60


class AutoresponderForm(WrittenFields, RuleForm):
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

    class Meta:
        model = Autoresponder
        fields = (
            "name", "score_min", "score_max", "sender_name", "sender_address", "reply_to",
            "subject", "body",
        )  # fmt: skip

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
        self.show_written()
        self.order_fields(["name", "when", "score_min", "score_max", "delay_from", "delay_to"])
        self._put_the_switch_last()

    def chosen_events(self) -> list[str]:
        return [self.cleaned_data.get("when") or ""]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        low, high = given.get("delay_from"), given.get("delay_to")
        if low is not None and high is not None and low > high:
            self.add_error("delay_to", "This is earlier than the earliest.")
        if wanted := self.chosen():
            campaign = self.instance.campaign
            self.try_written(samples_of(wanted, campaign.scale if campaign else None))
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
