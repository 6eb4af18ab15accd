"""The form of an inbound webhook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from afterword.campaigns.models import Campaign, CampaignType, Channel, Service
from afterword.core.one_line import one_line_only
from afterword.hooks.mapping import MappingRefused, as_text, read_mapping
from afterword.hooks.models import Hook, HookScope
from afterword.hooks.presets import HOOKED, preset_of
from afterword.hooks.receive import paths_of
from afterword.web.conflicts import NoticesOthers


def campaigns_to_ask_by(hook: Hook) -> Any:
    rows = Campaign.objects.visible_to(hook).filter(
        type=CampaignType.TRANSACTIONAL, channel=Channel.EMAIL, archived_at=None
    )
    return rows.order_by("name")


class HookForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    """Its mapping begins as what the service usually sends, and is kept only where it differs."""

    name = forms.CharField(
        max_length=100,
        validators=[one_line_only],
        help_text="Such as: Shop orders. The events that it makes are called so.",
    )
    scope = forms.ChoiceField(
        label="What a call does",
        choices=HookScope.choices,
        widget=forms.RadioSelect,
        initial=HookScope.SURVEY,
    )
    service = forms.ChoiceField(
        label="Who calls",
        choices=[(each.value, each.label) for each in Service if each in HOOKED],
        help_text="It says which fields are looked for where, and what to do there.",
    )
    mapping_text = forms.CharField(
        label="Fields",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "font-monospace"}),
        help_text="One on each line: a field of the customer, a colon, and where it is found, as "
        "in email: customer.email. Of several places, between commas, the first that holds "
        "something counts. What stands at the top and is not named here keeps its name. Empty for "
        "what the service usually sends.",
    )

    class Meta:
        model = Hook
        fields = ("name", "scope", "campaign", "service")

    def __init__(self, hook: Hook, data: Any = None) -> None:
        super().__init__(data, instance=hook)
        campaign: Any = self.fields["campaign"]
        campaign.queryset = campaigns_to_ask_by(hook)
        if hook.campaign_id:  # which may be archived by now
            campaign.queryset |= Campaign.objects.visible_to(hook).filter(id=hook.campaign_id)
        campaign.empty_label = "None yet: the customer is brought up to date"
        campaign.help_text = "Transactional campaigns that send by e-mail."
        self.fields["mapping_text"].initial = as_text(paths_of(hook))
        self.order_fields(["name", "scope", "campaign", "service", "mapping_text"])

    def clean_mapping_text(self) -> dict[str, list[str]]:
        text = str(self.cleaned_data["mapping_text"])
        if not text.strip():
            return {}
        try:
            return read_mapping(text)
        except MappingRefused as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("scope") != HookScope.SURVEY:
            given["campaign"] = None  # its field is hidden then
        return given

    def save(self, commit: bool = True) -> Hook:
        hook: Hook = self.instance
        given = self.cleaned_data["mapping_text"]
        # Another service brings its own places, unless others were typed in the same go.
        is_untouched = "mapping_text" not in self.changed_data
        usual = {name: list(paths) for name, paths in preset_of(hook.service).paths.items()}
        if "service" in self.changed_data and is_untouched:
            hook.mapping = {}
        else:
            hook.mapping = {} if given == usual else given
        hook.save()
        return hook
