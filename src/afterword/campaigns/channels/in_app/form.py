"""The form of an in-app campaign's look: where on a page it stands, on which, and for how long."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from afterword.campaigns.channels.in_app.placement import (
    Look,
    Placement,
    read_placement,
    what_is_wrong_with_page,
    written,
)
from afterword.campaigns.models import Campaign
from afterword.core.one_line import one_line_only
from afterword.web.conflicts import NoticesOthers

LOOKS = {
    Look.CORNER: "A small card in the corner of the page; the page can be used meanwhile.",
    Look.DIALOG: "A window in the middle, over the page.",
    Look.INLINE: "A part of the page, in an element that you name.",
}
LONGEST_WAIT = 3600  # seconds
MOST_PAGES = 20
LONGEST_PAGE = 300
MOST_DAYS = 365


class PlacementForm(NoticesOthers, forms.Form):
    look = forms.ChoiceField(choices=[(look.value, look.label) for look in Look])
    element = forms.CharField(
        label="Element",
        required=False,
        max_length=200,
        validators=[one_line_only],
        help_text="Of an inline survey: a CSS selector, such as #survey. Where no element of the "
        "page is like that, nothing is shown.",
    )
    wait_seconds = forms.IntegerField(
        label="Seconds after the page has loaded", min_value=0, max_value=LONGEST_WAIT
    )
    pages = forms.CharField(
        label="Pages",
        required=False,
        max_length=MOST_PAGES * (LONGEST_PAGE + 2),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, such as /orders/* or https://app.example.com/*; * stands for "
        "anything. With none, it may be shown on every page that has the script.",
    )
    expires_days = forms.IntegerField(label="Days", min_value=1, max_value=MOST_DAYS)
    asks_again = forms.BooleanField(label="Ask again after it was closed", required=False)
    again_days = forms.IntegerField(label="Days", required=False, min_value=1, max_value=MOST_DAYS)

    def __init__(self, campaign: Campaign, given: QueryDict | None = None) -> None:
        super().__init__(given, initial=_initial(read_placement(campaign.in_app)))
        self.campaign = campaign

    @property
    def looks(self) -> list[tuple[Look, str]]:
        """Each with a line on what it is."""
        return list(LOOKS.items())

    def clean_pages(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["pages"].splitlines())
        pages = tuple(dict.fromkeys(line for line in lines if line))
        if len(pages) > MOST_PAGES:
            raise ValidationError(f"These are {len(pages)} pages: name at most {MOST_PAGES}.")
        for page in pages:
            if wrong := what_is_wrong_with_page(page):
                raise ValidationError(wrong)
            if len(page) > LONGEST_PAGE:
                raise ValidationError(f"A page has at most {LONGEST_PAGE} characters.")
        return pages

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("look") == Look.INLINE and not given.get("element"):
            self.add_error("element", "Name the element that it stands in, such as #survey.")
        if given.get("asks_again") and given.get("again_days") is None:
            self.add_error("again_days", "Give the number of days.")
        return given

    def save(self) -> None:
        given = self.cleaned_data
        placement = Placement(
            look=given["look"],
            element=given["element"],
            wait_seconds=given["wait_seconds"],
            pages=given["pages"],
            expires_days=given["expires_days"],
            again_days=given["again_days"] if given["asks_again"] else None,
        )
        self.campaign.in_app = written(placement)
        self.campaign.save(update_fields=["in_app", "updated_at"])


def _initial(placement: Placement) -> dict[str, object]:
    return {
        "look": placement.look,
        "element": placement.element,
        "wait_seconds": placement.wait_seconds,
        "pages": "\n".join(placement.pages),
        "expires_days": placement.expires_days,
        "asks_again": placement.again_days is not None,
        "again_days": placement.again_days or 30,
    }
