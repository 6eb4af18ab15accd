"""The form of a dry run: its period."""

from django import forms

PERIODS = [(7, "The last 7 days"), (30, "The last 30 days"), (90, "The last 90 days")]


class PeriodForm(forms.Form):
    days = forms.TypedChoiceField(label="Period", choices=PERIODS, coerce=int, initial=30)
