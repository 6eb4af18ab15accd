"""The form of a template: its name and brand, and every text of its document."""

from typing import Any

import msgspec
from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict

from afterword.core.one_line import one_line_only
from afterword.survey_templates.checks import problems
from afterword.survey_templates.document import Document, read, written
from afterword.survey_templates.editor.brand_fields import BrandFields
from afterword.survey_templates.editor.document_fields import fields_of, layout_in, layout_of
from afterword.survey_templates.editor.document_values import document_in, values_of
from afterword.survey_templates.logos import keep_logo
from afterword.survey_templates.look import COLOUR
from afterword.survey_templates.models import Template
from afterword.web.conflicts import NoticesOthers

OWN = ("name", "logo_url", "colour", "sender_name")


class SurveyTemplateForm(NoticesOthers, BrandFields):
    """Its fields beside these are the document's, each named by its place in there."""

    name = forms.CharField(
        label="Name of the template",
        max_length=100,
        validators=[one_line_only],
        help_text="Customers do not see it.",
    )

    def __init__(self, template: Template, *args: Any, **kwargs: Any) -> None:
        self.template = template
        self.kept = read(template.document)
        kept = {name: getattr(template, name) for name in OWN} | values_of(self.kept)
        kept["colour"] = kept["colour"] or COLOUR
        kwargs["initial"] = kept
        super().__init__(*args, **kwargs)
        self.layout = layout_in(self.data) if self.is_bound else layout_of(self.kept)
        self.fields.update(fields_of(self.layout, template.scale, self.kept))

    @property
    def document(self) -> Document:
        """What the form says, once it is cleaned; raises msgspec.ValidationError."""
        return read(document_in(self.cleaned_data, self.layout, self.kept))

    @property
    def typed_document(self) -> Document:
        """What the form says so far, right or wrong; raises msgspec.ValidationError."""
        given = {name: self[name].value() for name in self.fields}
        return read(document_in(given, self.layout, self.kept))

    # ---- what its page shows

    def unchecked(self) -> "SurveyTemplateForm":
        """Return the form as it was typed so far: nothing is said to be wrong yet."""
        self._errors: ErrorDict | None = ErrorDict()
        return self

    def named(self, prefix: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def question_rows(self) -> list[dict[str, Any]]:
        names = ("key", "text", "type", "choices", "required")
        whens = ("lowest", "highest", "question", "answers")
        return [
            {
                "number": number,
                **{name: self[f"questions.{number}.{name}"] for name in names},
                **{f"when_{name}": self[f"questions.{number}.when.{name}"] for name in whens},
            }
            for number in self.layout.questions
        ]

    @property
    def translations(self) -> list[tuple[str, list[BoundField]]]:
        return [(tag, self.named(f"languages.{tag}.")) for tag in self.layout.languages]

    @property
    def thanks(self) -> list[dict[str, Any]]:
        texts = [name for name in self.fields if name.startswith("thanks.") and ".text" in name]
        return [
            {"text": self[name], "buttons": self.named(name.removesuffix("text") + "buttons.")}
            for name in texts
        ]

    @property
    def scores(self) -> BoundField | None:
        """How the scores look, where the metric leaves a choice."""
        return self["scores"] if "scores" in self.fields else None

    @property
    def follow_ups(self) -> list[BoundField]:
        return self.named("follow_up.")

    # ---- cleaning and saving

    def clean(self) -> dict[str, Any]:
        self._check_document()
        self.check_one_logo()
        if not self._will_have_logo() and "logo_file" not in self.errors:
            self._refuse_without_logo()
        return self.cleaned_data

    def save(self) -> Template:
        template = self.template
        had = template.colour
        for name in OWN:
            setattr(template, name, self.cleaned_data[name])
        if template.colour.lower() == COLOUR and not had:
            template.colour = ""  # nobody has chosen one: the workspace's own may come
        if self.cleaned_data["logo_file"]:
            template.logo = keep_logo(template.workspace, self.cleaned_data["logo_file"])
        elif self.cleaned_data["logo_url"]:
            template.logo = None
        template.document = written(self.document)
        template.save()
        return template

    def _check_document(self) -> None:
        try:
            found = problems(self.document, self.template.scale, self._properties())
        except msgspec.ValidationError as refusal:
            self.add_error(None, str(refusal))
            return
        by_key = {f"questions.{at}": number for at, number in enumerate(self.layout.questions)}
        for place, text in found:
            self.add_error(self._field_at(place, by_key), text)

    def _field_at(self, place: str, numbers: dict[str, int]) -> str | None:
        """Return the field where a fault is shown: the nearest one that the form has."""
        for start, number in numbers.items():
            if place == start or place.startswith(f"{start}."):
                place = f"questions.{number}{place.removeprefix(start)}"
                break
        tries = (place, f"{place}.text", f"{place}.lowest", place.rpartition(".")[0])
        return next((name for name in tries if name in self.fields), None)

    def _properties(self) -> list[str]:
        return list(self.template.workspace.properties.values_list("name", flat=True))

    def _will_have_logo(self) -> bool:
        given = self.cleaned_data
        template = self.template
        if given.get("logo_file") or given.get("logo_url") or template.logo_id:
            return True
        return bool((brand := getattr(template.workspace, "brand", None)) and brand.has_logo)

    def _refuse_without_logo(self) -> None:
        users = self.template.campaigns.exclude(activated_at=None) if self.template.key else []
        for campaign in users:
            self.add_error(
                "logo_url", f"The campaign {campaign.name} is on and needs a template with a logo."
            )
