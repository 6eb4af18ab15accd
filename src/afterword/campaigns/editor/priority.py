"""The field that says how important a campaign is beside the others."""

from django import forms

MOST_PRIORITY = 100


def priority_field() -> forms.IntegerField:
    return forms.IntegerField(
        label="Priority",
        required=False,
        min_value=1,
        max_value=MOST_PRIORITY,
        help_text="Higher goes first, where two campaigns compete for the last place of the "
        "workspace's fatigue budget.",
    )
