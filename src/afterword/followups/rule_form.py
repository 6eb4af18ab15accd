"""What the forms of all rules share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString

from afterword.campaigns.models import Campaign
from afterword.core.one_line import one_line_only
from afterword.customers.properties import property_types
from afterword.feedback.whom.filters import Whom
from afterword.followups.events import Event, Wanted
from afterword.followups.rules import Rule
from afterword.survey_templates.metrics import Bucket
from afterword.web.conflicts import SAVE_AGAIN, NoticesOthers, as_seen, seen_in, seen_input

_CATEGORIES = {
    Event.PROMOTER: Bucket.PROMOTER,
    Event.PASSIVE: Bucket.PASSIVE,
    Event.DETRACTOR: Bucket.DETRACTOR,
}


def event_labels(campaign: Campaign | None) -> dict[str, str]:
    """Return what the events are called, the categories in the words of the campaign's metric."""
    labels: dict[str, str] = {event.value: str(event.label) for event in Event}
    if campaign:
        words = campaign.scale.by_bucket
        labels |= {event: f"Answer: {words[bucket]}" for event, bucket in _CATEGORIES.items()}
    return labels


class RuleForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    """`events` are those that the kind of rule may follow."""

    events_offered: tuple[Event, ...] = tuple(Event)

    name = forms.CharField(max_length=100, required=False, validators=[one_line_only])
    events = forms.MultipleChoiceField(
        label="What is followed", widget=forms.CheckboxSelectMultiple
    )
    score_min = forms.IntegerField(label="Lowest score", required=False)
    score_max = forms.IntegerField(label="Highest score", required=False)
    enabled = forms.BooleanField(label="On", required=False)

    def __init__(self, rule: Rule, data: Any = None) -> None:
        initial = {"enabled": rule.is_enabled or rule._state.adding}
        super().__init__(data, instance=rule, initial=initial)
        self._types = property_types(rule.workspace_id)
        self._audience = rule.audience  # as it is stored
        is_sent = isinstance(data, QueryDict)
        self.whom = Whom(data, self._types) if is_sent else self._stored_whom()
        labels = event_labels(rule.campaign)
        choices = [(event.value, labels[event]) for event in self.events_offered]
        if "events" in self.fields:
            self.fields["events"].choices = choices  # type: ignore[attr-defined]
        scale = rule.campaign.scale if rule.campaign else None
        for field in ("score_min", "score_max"):
            self.fields[field].help_text = "Where a range of scores is followed."
            if scale:
                self.fields[field].help_text += f" From {scale.lowest} to {scale.highest}."

    @property
    def seen_input(self) -> SafeString:
        return seen_input({**self._stored(), "audience": self._audience})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        self._clean_audience()
        low, high = given.get("score_min"), given.get("score_max")
        if Event.SCORE_RANGE in self.chosen_events():
            if low is None and high is None:
                self.add_error("score_min", "Say from which score, or up to which.")
            elif low is not None and high is not None and low > high:
                self.add_error("score_max", "This is less than the lowest score.")
        return given

    def _clean_audience(self) -> None:
        audience, seen = self.whom.audience, seen_in(self.data)
        if audience is None:
            self.add_error(None, "The filters are not complete: mend them below.")
            return
        mine = audience.definition if audience.filters else {}
        before = seen.get("audience") if isinstance(seen, dict) else None
        if before is not None and before != (stored := as_seen(self._audience)):
            if as_seen(mine) == before:  # only somebody else has changed them
                mine, self.whom = stored, self._stored_whom()
            elif as_seen(mine) != stored:
                theirs = self._stored_whom().in_words or "no filter"
                words = f"Somebody changed the filters meanwhile. They are now: {theirs}."
                self.add_error(None, f"{words} {SAVE_AGAIN}")
        self.instance.audience = mine

    def _stored_whom(self) -> Whom:
        return Whom.stored(self._audience, self._types)

    def chosen_events(self) -> list[str]:
        return list(self.cleaned_data.get("events") or [])

    def chosen(self) -> Wanted | None:
        """Return what is to be followed; None while that is not clear."""
        if self.errors.keys() & {"events", "when", "score_min", "score_max"}:
            return None
        low, high = (self.cleaned_data[name] for name in ("score_min", "score_max"))
        return Wanted(frozenset(self.chosen_events()), low, high)

    def _put_the_switch_last(self) -> None:
        self.fields["enabled"] = self.fields.pop("enabled")

    def complete(self) -> Any:
        """Return the rule as the form has it; it is not saved yet."""
        return self.instance

    def _take_over(self, theirs: Mapping[str, Any]) -> None:
        super()._take_over({name: v for name, v in theirs.items() if not isinstance(v, list)})
        several = {name: value for name, value in theirs.items() if isinstance(value, list)}
        if several:
            given = QueryDict(mutable=True)
            given.update(self.data if isinstance(self.data, QueryDict) else {**self.data})
            for name, value in several.items():
                given.setlist(self.add_prefix(name), value)
            self.data = given
