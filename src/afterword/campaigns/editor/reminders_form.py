"""The forms of a campaign's reminders: one for each, and one for another."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from afterword.campaigns.editor.forms import candidates
from afterword.campaigns.models import MOST_REMINDERS, Campaign, Channel, Reminder, ReminderWhen
from afterword.survey_templates.models import Template
from afterword.web.conflicts import NoticesOthers

MOST_DAYS = 365
# What the survey was, as it follows "If it was".
WHEN = {
    ReminderWhen.NOT_ANSWERED: "not answered",
    ReminderWhen.NOT_OPENED: "not opened",
    ReminderWhen.OPENED_NOT_ANSWERED: "opened, but not answered",
}
# How it reaches them, as it follows "remind".
HOW = {Channel.EMAIL: "by e-mail", Channel.IN_APP: "in your application"}
NEEDS_OPENS = {ReminderWhen.NOT_OPENED, ReminderWhen.OPENED_NOT_ANSWERED}


class ReminderForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    after_days = forms.IntegerField(label="Days", min_value=1, max_value=MOST_DAYS, initial=3)

    class Meta:
        model = Reminder
        fields = ("when", "after_days", "channel", "template")

    def __init__(self, campaign: Campaign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["when"] = forms.ChoiceField(
            label="If it was", choices=[(when.value, words) for when, words in WHEN.items()]
        )
        if campaign.is_in_app:  # no mail that could have been opened: who saw it is reminded
            seen = [(ReminderWhen.NOT_ANSWERED.value, "seen, but not answered")]
            self.fields["when"].choices = seen  # type: ignore[attr-defined]
        self.fields["channel"] = forms.ChoiceField(
            label="remind",
            required=False,
            choices=[(how.value, words) for how, words in HOW.items()],
        )
        template = self.fields["template"]
        usable = candidates(campaign).usable()
        if self.instance.template_id:  # whose logo may be gone since
            usable |= candidates(campaign).filter(id=self.instance.template_id)
        template.queryset = usable  # type: ignore[attr-defined]
        template.empty_label = None  # type: ignore[attr-defined]
        self.fields["template"].initial = campaign.template_id

    def clean_channel(self) -> str:
        channel: str = self.cleaned_data["channel"] or self.instance.channel
        if channel != Channel.IN_APP or self.campaign.is_in_app:
            return channel
        others = Campaign.objects.visible_to(self.campaign).filter(channel=Channel.IN_APP)
        if not others.filter(activated_at__isnull=False).exists():
            raise ValidationError(
                "The script of an in-app campaign shows it: make such a campaign and switch it on, "
                "or remind by e-mail."
            )
        return channel

    def clean_template(self) -> Template:
        template: Template = self.cleaned_data["template"]
        if not template.has_logo:
            raise ValidationError(
                f"{template.name} has no logo yet: give it your company's logo first."
            )
        return template

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        others = self.campaign.reminders.exclude(id=self.instance.id)
        if not self.instance.id and others.count() >= MOST_REMINDERS:
            raise ValidationError(f"A campaign has at most {MOST_REMINDERS} reminders.")
        occasion = given.get("when"), given.get("after_days")
        if occasion in set(others.values_list("when", "after_days")):
            raise ValidationError("There is a reminder like this already: choose another day.")
        return given

    def save(self, commit: bool = True) -> Reminder:
        """A reminder for another occasion is a new one: no survey sent before is reminded of."""
        reminder: Reminder = self.instance
        if not reminder.id:
            last = self.campaign.reminders.aggregate(last=Max("position"))["last"]
            reminder.campaign, reminder.position = self.campaign, (last or 0) + 1
        elif {"when", "after_days"} & set(self.changed_data):
            reminder.created_at = timezone.now()
        reminder.save()
        return reminder
