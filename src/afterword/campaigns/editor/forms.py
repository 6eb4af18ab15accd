"""The smaller forms of campaigns: a new one, its name, its template, its events."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.core.one_line import one_line_only
from afterword.survey_templates.metrics import METRIC_CHOICES
from afterword.survey_templates.models import Template
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.models import Workspace

CHANNELS = {
    Channel.EMAIL: "A mail with the question in it: one click on a score leads to the survey.",
    Channel.LINK: "An address that you hand out: whoever opens it is asked. Nothing is sent.",
    Channel.IN_APP: "A card within your own web application, for the customer who is signed in.",
}
TYPES = {
    CampaignType.TRANSACTIONAL: "Asks after something happens: an event, such as an order, "
    "triggers the survey.",
    CampaignType.REGULAR: "Asks by the clock: some days after a customer was added, then again "
    "every so often.",
}
MOST_LABELS = 20
LONGEST_LABEL = 40


class NewCampaignForm(forms.Form):
    metric = forms.ChoiceField(
        choices=METRIC_CHOICES,
        error_messages={"required": "Choose what to measure."},
    )
    channel = forms.ChoiceField(choices=Channel.choices, initial=Channel.EMAIL)
    type = forms.ChoiceField(choices=CampaignType.choices, initial=CampaignType.TRANSACTIONAL)
    name = forms.CharField(
        max_length=100,
        validators=[one_line_only],
        help_text="Such as: After an order. Customers do not see it.",
    )
    # That is to trigger it, where somebody comes from an event that no campaign listens for.
    event = forms.CharField(required=False, max_length=200, strip=False, widget=forms.HiddenInput)

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        refuse_taken_name(self.workspace, name)
        return name

    @property
    def channels(self) -> list[tuple[Channel, str]]:
        """Each with a line on what it is."""
        return [(channel, CHANNELS[channel]) for channel in Channel]

    @property
    def types(self) -> list[tuple[CampaignType, str]]:
        return [(type_, TYPES[type_]) for type_ in CampaignType]


def refuse_taken_name(workspace: Workspace, name: str, but: Campaign | None = None) -> None:
    """Two campaigns with one name could not be told apart in lists and filters."""
    others = workspace.campaigns.filter(name__iexact=name.strip())
    if (others.exclude(id=but.id) if but else others).exists():
        raise ValidationError("Another campaign has this name: choose a different one.")


class NameForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(max_length=100, validators=[one_line_only])
    labels = forms.CharField(
        required=False,
        max_length=1000,
        help_text="Words between commas, to find it again by in the list of campaigns.",
    )

    class Meta:
        model = Campaign
        fields = ("name", "labels")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["labels"] = ", ".join(self.instance.labels)

    def clean_labels(self) -> list[str]:
        words = (" ".join(word.split()) for word in self.cleaned_data["labels"].split(","))
        labels = sorted({word.casefold(): word for word in words if word}.values())
        if len(labels) > MOST_LABELS:
            raise ValidationError(f"A campaign has at most {MOST_LABELS} labels.")
        if any(len(label) > LONGEST_LABEL for label in labels):
            raise ValidationError(f"A label has at most {LONGEST_LABEL} characters.")
        return labels

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.initial.get("name"):  # from before names were each one's own
            refuse_taken_name(self.instance.workspace, name, but=self.instance)
        return name


class TemplateForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    """Assigns one of the workspace's templates that ask for the campaign's metric."""

    class Meta:
        model = Campaign
        fields = ("template",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].required = True
        self.fields["template"].queryset = candidates(self.instance)  # type: ignore[attr-defined]

    def clean_template(self) -> Template:
        template: Template = self.cleaned_data["template"]
        if not template.has_logo:
            raise ValidationError(
                f"{template.name} has no logo yet: give it your company's logo, then assign it."
            )
        return template


def candidates(campaign: Campaign) -> Any:
    """The templates that the campaign could use, those without a logo included."""
    return Template.objects.visible_to(campaign).filter(metric=campaign.metric).order_by("name")
