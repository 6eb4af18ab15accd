"""The form of a survey template."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

from afterword.core.liquid import problems
from afterword.core.one_line import one_line_only
from afterword.survey_templates.logos import MOST_BYTES, LogoRefused, keep_logo, media_type
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template
from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.models import Workspace

_TEXTS = ("subject", "intro", "question", "comment_prompt", "thanks")
_NAMES = "first_name, last_name, full_name, company_name and your properties"


def fresh_template(workspace: Workspace, metric: Metric) -> Template:
    """A template that could be sent as it is, but for the logo."""
    return Template(
        workspace=workspace,
        metric=metric,
        name=f"{SCALES[metric].label} survey",
        sender_name=workspace.name,
        subject="How did we do?",
        intro="Hello {{ first_name | default: 'there' }},\n\n"
        "you know best how we did. One click is enough.",
        question=SCALES[metric].question,
        comment_prompt="What is the main reason for your answer?",
        thanks="Thank you. We read every answer.",
    )


class SurveyTemplateForm(NoticesOthers, forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(
        label="Name of the template",
        max_length=100,
        validators=[one_line_only],
        help_text="Customers do not see it.",
    )
    sender_name = forms.CharField(
        label="Sender's name", max_length=100, required=False, validators=[one_line_only]
    )
    logo_file = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG, GIF or WebP, at most 1 MB. About 400 pixels wide looks sharp.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    logo_url = forms.URLField(
        label="Or the logo's address",
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text="Instead of an uploaded file; anyone must be able to load it.",
    )
    colour = forms.CharField(
        label="Colour of the buttons",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write the colour as #rrggbb.")],
        widget=forms.TextInput(attrs={"type": "color", "class": "form-control-color"}),
    )

    class Meta:
        model = Template
        fields = (
            "name",
            "logo_file",
            "logo_url",
            "colour",
            "sender_name",
            "subject",
            "intro",
            "question",
            "comment_prompt",
            "thanks",
        )
        labels: ClassVar = {
            "intro": "Words before the question",
            "comment_prompt": "What the survey page asks next",
            "thanks": "Thanks",
        }
        help_texts: ClassVar = {
            "subject": f"Liquid: {{{{ first_name }}}} and the like stand for {_NAMES}.",
            "comment_prompt": "Above the field for a comment.",
            "thanks": "Shown when the answer is in.",
        }
        widgets: ClassVar = {
            "intro": forms.Textarea(attrs={"rows": 4}),
            "question": forms.Textarea(attrs={"rows": 2}),
            "thanks": forms.Textarea(attrs={"rows": 2}),
        }

    def clean_logo_file(self) -> bytes | None:
        """Return the file's content; a form that fails elsewhere does not keep it."""
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        content: bytes = file.read(MOST_BYTES + 1)
        try:
            media_type(content)
        except LogoRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return content

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for name in _TEXTS:
            for problem in problems(given.get(name) or ""):
                self.add_error(name, f"This text {problem}.")
        if given.get("logo_file") and given.get("logo_url"):
            if "logo_url" in self.changed_data:
                self.add_error("logo_url", "Give a file or an address, not both.")
            else:
                given["logo_url"] = ""  # the file takes its place
        if not self._will_have_logo() and "logo_file" not in self.errors:
            self._refuse_without_logo()
        return given

    def save(self, commit: bool = True) -> Template:
        template: Template = super().save(commit=False)
        if self.cleaned_data["logo_file"]:
            template.logo = keep_logo(template.workspace, self.cleaned_data["logo_file"])
        elif self.cleaned_data["logo_url"]:
            template.logo = None
        if commit:
            template.save()
        return template

    def _will_have_logo(self) -> bool:
        given = self.cleaned_data
        return bool(given.get("logo_file") or given.get("logo_url") or self.instance.logo_id)

    def _refuse_without_logo(self) -> None:
        users = self.instance.campaigns.exclude(activated_at=None) if self.instance.key else []
        for campaign in users:
            self.add_error(
                "logo_url", f"The campaign {campaign.name} is on and needs a template with a logo."
            )
