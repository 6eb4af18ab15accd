"""Make a campaign's reminders as its file says; those that stay the same keep their row."""

from collections.abc import Mapping, Sequence

from afterword.apply.things import ReminderSpec
from afterword.campaigns.models import Campaign, Reminder
from afterword.survey_templates.models import Template


def make_reminders(
    campaign: Campaign, specs: Sequence[ReminderSpec], templates: Mapping[str, Template]
) -> list[str]:
    """Return ["reminders"] if that changed anything, else nothing.

    A reminder is the same as long as its occasion is: with another template, or by another
    channel, it still knows whom it has reminded, and which surveys are older than itself.
    """
    before = {(each.when, each.after_days): each for each in campaign.reminders.all()}
    wanted = [
        before.get((spec.when, spec.after_days))
        or Reminder(campaign=campaign, when=spec.when, after_days=spec.after_days)
        for spec in specs
    ]
    gone = {each.id for each in before.values()} - {each.id for each in wanted}
    campaign.reminders.filter(id__in=gone).delete()
    changed = bool(gone)
    for position, (reminder, spec) in enumerate(zip(wanted, specs, strict=True), start=1):
        template = templates[spec.template_key]
        said = {"position": position, "template_id": template.id, "channel": spec.channel}
        is_same = all(getattr(reminder, name) == value for name, value in said.items())
        if reminder._state.adding or not is_same:
            for name, value in said.items():
                setattr(reminder, name, value)
            reminder.save()
            changed = True
    return ["reminders"] if changed else []
