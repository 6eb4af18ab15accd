"""The form of a notification. The address of a Slack webhook is never shown again."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from afterword.core.email_address import normalise
from afterword.core.sealed import seal
from afterword.followups.notifications.digest import next_digest
from afterword.followups.notifications.models import WEEKDAYS, By, Frequency, Notification
from afterword.followups.rule_form import RuleForm
from afterword.workspaces.models import Member

MOST_ADDRESSES = 50


class NotificationForm(RuleForm):
    frequency = forms.ChoiceField(
        choices=Frequency.choices, widget=forms.RadioSelect, label="How often"
    )
    hour = forms.TypedChoiceField(
        label="Hour of the digest",
        choices=[(hour, f"{hour}:00") for hour in range(24)],
        coerce=int,
        initial=8,
        help_text="In the time zone of the workspace.",
    )
    weekday = forms.TypedChoiceField(
        label="Day of the weekly digest",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        initial=0,
    )
    sends_empty = forms.BooleanField(label="Digests when nothing happened too", required=False)
    channel = forms.ChoiceField(choices=By.choices, widget=forms.RadioSelect, label="By")
    members = forms.MultipleChoiceField(
        label="To members", widget=forms.CheckboxSelectMultiple, required=False
    )
    addresses = forms.CharField(
        label="To other addresses",
        required=False,
        help_text="Separated by commas.",
    )
    slack_url = forms.CharField(
        label="Slack's incoming webhook",
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="For Slack alone. It is stored encrypted and not shown again.",
    )
    slack_channel = forms.CharField(
        label="Slack channel, for an app's bot",
        max_length=80,
        required=False,
        help_text="Such as #feedback, or its ID. Where it is empty the incoming webhook is used.",
    )
    slack_token = forms.CharField(
        label="Bot token",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="It begins with xoxb-, and needs the scope chat:write. It is stored encrypted "
        "and not shown again.",
    )

    class Meta:
        model = Notification
        fields = (
            "name", "events", "score_min", "score_max", "frequency", "hour", "weekday",
            "sends_empty", "channel", "slack_channel",
        )  # fmt: skip

    def __init__(self, rule: Notification, data: Any = None) -> None:
        super().__init__(rule, data)
        people = rule.workspace.members.select_related("user").order_by("user__email")
        choices = [(str(one.user_id), _named(one)) for one in people]
        self.fields["members"].choices = choices  # type: ignore[attr-defined]
        self.initial["members"] = [str(id_) for id_ in rule.members]
        self.initial["addresses"] = ", ".join(rule.addresses)
        if rule.sealed_slack_url:
            self.fields["slack_url"].help_text = "One is stored. Write another to replace it."
        if rule.sealed_slack_token:
            self.fields["slack_token"].help_text = "One is stored. Write another to replace it."
        shared = [name for name in self.Meta.fields if name != "slack_channel"]
        slack = ["slack_url", "slack_channel", "slack_token"]
        self.order_fields([*shared, "members", "addresses", *slack, "enabled"])

    def clean_addresses(self) -> list[str]:
        found = []
        for word in filter(None, re.split(r"[\s,;]+", self.cleaned_data["addresses"])):
            address = normalise(word)
            if address is None:
                raise ValidationError(f"{word[:60]} is no e-mail address.")
            found.append(address)
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(f"At most {MOST_ADDRESSES} addresses can be told.")
        return list(dict.fromkeys(found))

    def clean_slack_url(self) -> str:
        url = str(self.cleaned_data["slack_url"]).strip()
        if url and not re.fullmatch(r"https?://[^\s/]+/\S*", url):
            raise ValidationError("Write the whole address, as Slack shows it: https://hooks.….")
        return url

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("channel") == By.EMAIL:
            if not (given.get("members") or given.get("addresses") or "addresses" in self.errors):
                self.add_error("members", "Choose who gets it, or write an address.")
        elif channel := given.get("slack_channel"):
            token = given.get("slack_token") or ("xoxb-" * bool(self.instance.sealed_slack_token))
            if problem := slack_problem(token, channel):
                self.add_error(*problem)
        elif not (given.get("slack_url") or self.instance.sealed_slack_url or self.errors):
            self.add_error("slack_url", "This is needed to send to Slack, or a channel below.")
        return given

    def complete(self) -> Notification:
        notification: Notification = self.instance
        given = self.cleaned_data
        notification.members = [UUID(id_) for id_ in given["members"]]
        notification.addresses = given["addresses"]
        if given["slack_url"]:
            notification.sealed_slack_url = seal(given["slack_url"])
        if given["slack_token"]:
            notification.sealed_slack_token = seal(given["slack_token"].strip())
        notification.digest_at = next_digest(notification, timezone.now())
        return notification


def slack_problem(token: str, channel: str) -> tuple[str, str] | None:
    """Return the field that is wrong with a bot's token or channel, and how to mend it."""
    if not re.fullmatch(r"#?[^\s#<>@,]{1,79}", channel):
        return "slack_channel", "Write one channel's name or ID, such as #feedback."
    if not token.strip().startswith("xoxb-"):
        return "slack_token", "A bot's token is needed: it begins with xoxb-."
    return None


def _named(member: Member) -> str:
    email = str(member.user.email)
    return f"{email} (wants no mail by notifications)" if member.spared_at else email
