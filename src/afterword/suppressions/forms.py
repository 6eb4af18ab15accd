"""The forms that put addresses and domains on the list, and take them off."""

import csv
from dataclasses import dataclass, field
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError

from afterword.core.text import clean_text
from afterword.suppressions.patterns import PatternRefused, read_pattern
from afterword.suppressions.stops import CATEGORIES

MOST_LINES = 1_000
LONGEST_LINE = 2_000  # characters
NOTE_LENGTH = 500
_HEADINGS = frozenset({"email", "e-mail", "address", "pattern", "domain"})


class Listing(NamedTuple):
    """What a person wants on the list, and what they say about it."""

    pattern: str
    category: str
    note: str


@dataclass(frozen=True, slots=True)
class Lines:
    """What was read of a text with one address or domain on each line."""

    listings: list[Listing] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # the lines as they were, to be mended
    problems: list[str] = field(default_factory=list)


def read_lines(text: str, note: str, category: str) -> Lines:
    """Read lines of CSV: an address or domain, then a note of its own where there is one."""
    found = Lines()
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in next(csv.reader([line]), [""])]
        if not line.strip() or (number == 1 and cells[0].lower() in _HEADINGS):
            continue
        own = cells[1] if len(cells) > 1 else ""
        try:
            found.listings.append(
                Listing(read_pattern(cells[0]), category, (own or note)[:NOTE_LENGTH])
            )
        except PatternRefused as refusal:
            found.refused.append(line)
            # As they are numbered once those that were taken are gone from the field.
            place = f"Line {len(found.refused)}: " if len(lines) > 1 else ""
            found.problems.append(f"{place}{refusal}")
    return found


class ListingForm(forms.Form):
    patterns = forms.CharField(
        label="Addresses and domains",
        help_text="One on each line: ann@example.com, example.com, or *.example.com for every "
        "domain below it. After a comma, a note of its own. Up to 1,000 lines.",
        widget=forms.Textarea(
            attrs={
                "rows": 5,
                "spellcheck": "false",
                "autocapitalize": "none",
                "class": "text-break",
            }
        ),
    )
    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, help_text="Why; decisions repeat it."
    )
    category = forms.ChoiceField(choices=list(CATEGORIES.items()), initial="other", required=False)

    def clean_patterns(self) -> str:
        text = clean_text(str(self.cleaned_data["patterns"]))
        if len(text.splitlines()) > MOST_LINES:
            raise ValidationError(
                f"These are {len(text.splitlines()):,} lines; paste up to {MOST_LINES:,} at a time."
            )
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > LONGEST_LINE:
                raise ValidationError(f"Line {number} is longer than {LONGEST_LINE:,} characters.")
        return text

    def clean_note(self) -> str:
        return clean_text(str(self.cleaned_data["note"]))

    def lines(self) -> Lines:
        said = self.cleaned_data
        return read_lines(said["patterns"], said["note"], said["category"] or "other")


class EndingForm(forms.Form):
    """Why mail may go out again."""

    note = forms.CharField(max_length=NOTE_LENGTH, label="Why?")

    def __init__(self, *args: object, is_needed: bool, asks: str) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["note"].required = is_needed
        self.fields["note"].help_text = asks

    def clean_note(self) -> str:
        return clean_text(str(self.cleaned_data["note"]))
