"""The forms of an import: the file, how it is read, and what its columns mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from afterword.customers.importing.choosing import Options, TargetField
from afterword.customers.importing.models import Import
from afterword.customers.importing.reading.headers import (
    EMAIL,
    IGNORE,
    NAME,
    NEW,
    PROPERTY,
    SURVEYED,
    TAGS,
    property_name,
)
from afterword.customers.importing.reading.pieces import ENCODINGS
from afterword.customers.importing.reading.records import SEPARATORS
from afterword.customers.importing.reading.stops import LABELS as STOP_LABELS
from afterword.customers.values import PropertyType

MOST_BYTES = 100 * 1024 * 1024

NO_ADDRESSES = "Choose the column that holds the e-mail addresses: customers are known by them."
_CUSTOMERS_OWN = [
    (EMAIL, "E-mail address"),
    (NAME, "Full name"),
    ("own:first_name", "First name"),
    ("own:last_name", "Last name"),
    ("own:company_name", "Company"),
    ("own:job_title", "Job title"),
    ("own:phone", "Phone"),
    ("own:city", "City"),
    ("own:state", "State"),
    ("own:country", "Country"),
    (TAGS, "Tags"),
    (SURVEYED, "Last survey"),
]
OWN_LABELS = dict(_CUSTOMERS_OWN)
_PARTS_OF_NAMES = ("own:first_name", "own:last_name")


class FileForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="At most 100 MB. With a row of column names on top, and a column of e-mail "
        "addresses.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": "The file is empty.", "required": "Choose a file."},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                "The file is larger than 100 MB: cut it in two, or import it with "
                "`afterword import` on the server."
            )
        return file


class ReadingForm(forms.Form):
    """How the file is read, where it was guessed wrong."""

    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()))
    separator = forms.ChoiceField(
        label="Between columns", choices=[(name.lower(), name) for name in SEPARATORS.values()]
    )

    @classmethod
    def of(cls, file: Import) -> "ReadingForm":
        name = SEPARATORS[file.separator].lower()
        return cls(initial={"encoding": file.encoding, "separator": name})

    def apply(self, file: Import) -> None:
        """Let the file be read so; the form is valid."""
        signs = {name.lower(): sign for sign, name in SEPARATORS.items()}
        file.encoding = self.cleaned_data["encoding"]
        file.separator = signs[self.cleaned_data["separator"]]


class MappingForm(forms.Form):
    """What each column fills: `column_N`; and what becomes of those who are known."""

    updates = forms.ChoiceField(
        label="Customers who are known already",
        choices=[("yes", "Update them"), ("no", "Leave them as they are, and add only new ones")],
        widget=forms.RadioSelect,
    )
    empties = forms.ChoiceField(
        label="An empty cell",
        choices=[("leave", "Leaves what is known"), ("remove", "Removes what is known")],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        file: Import,
        properties: Mapping[str, PropertyType],
        given: Mapping[str, Any] | None = None,
        *,
        may_define: bool,
    ) -> None:
        super().__init__(
            given,
            initial={
                "updates": "yes" if file.updates else "no",
                "empties": "remove" if file.empties_remove else "leave",
            },
        )
        self._file = file
        known = [(f"{PROPERTY}{name}", name) for name in sorted(properties)]
        shared = Options(
            [(IGNORE, "Nothing: leave it out")],
            [
                ("Of every customer", _CUSTOMERS_OWN),
                ("What stops mail", list(STOP_LABELS.items())),
                *([("Properties", known)] if known else []),
            ],
        )
        for at, header in enumerate(file.headers):
            new = _new(header, properties) if may_define else []
            own = Options([], [("A new property", new)] if new else [])
            self.fields[f"column_{at}"] = TargetField(
                shared, own, label=header, initial=file.targets[at]
            )

    @property
    def targets(self) -> list[str]:
        """What each column fills; the form is valid."""
        return [self.cleaned_data[f"column_{at}"] for at in range(len(self._file.headers))]

    @property
    def mend(self) -> list[str]:
        """What is wrong, each with the name of its column."""
        return [
            f"{self.fields[name].label}: {error}" if name in self.fields else str(error)
            for name, errors in self.errors.items()
            for error in errors
        ]

    def columns(self) -> Iterable[Any]:
        return (self[f"column_{at}"] for at in range(len(self._file.headers)))

    def clean(self) -> dict[str, Any]:
        filled: dict[str, str] = {}
        for at, header in enumerate(self._file.headers):
            for what in _fills(self.cleaned_data.get(f"column_{at}", "")):
                if what in filled:
                    self.add_error(
                        f"column_{at}",
                        f"“{filled[what]}” fills {_in_words(what)} already: choose one of the two.",
                    )
                filled.setdefault(what, header)
        if EMAIL not in filled and not self.errors:
            raise ValidationError(NO_ADDRESSES)
        return self.cleaned_data

    def apply(self, file: Import) -> None:
        file.updates = self.cleaned_data["updates"] == "yes"
        file.empties_remove = self.cleaned_data["empties"] == "remove"


def _new(header: str, properties: Mapping[str, PropertyType]) -> list[tuple[str, str]]:
    name = property_name(header)
    if not name or name in properties:
        return []
    return [(f"{NEW}{kind}:{name}", f"{name}, a {kind}") for kind in PropertyType]


def _fills(target: str) -> Iterable[str]:
    if target == NAME:
        return _PARTS_OF_NAMES
    return [f"{PROPERTY}{target.split(':', 2)[2]}" if target.startswith(NEW) else target] * bool(
        target
    )


def _in_words(what: str) -> str:
    return {**OWN_LABELS, **STOP_LABELS}.get(what, what.removeprefix(PROPERTY))
