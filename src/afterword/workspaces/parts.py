"""Every part that pages are made of, in every state: for whoever builds one, and for the eye."""

from datetime import UTC, datetime
from typing import ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afterword.web.conflicts import NoticesOthers
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, Role

CHOICES = [("mail", "By e-mail"), ("link", "By a link")]


class Sample(NoticesOthers, forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="A line of text", help_text="With a word of help below.")
    words = forms.CharField(
        label="Several lines", required=False, widget=forms.Textarea({"rows": 3})
    )
    number = forms.IntegerField(label="A number", min_value=1, max_value=9, required=False)
    colour = forms.CharField(
        label="A colour",
        required=False,
        widget=forms.TextInput({"type": "color", "class": "form-control-color"}),
    )
    file = forms.FileField(label="A file", required=False)
    choice = forms.ChoiceField(label="One of several", choices=CHOICES)
    one = forms.ChoiceField(label="One, all seen", choices=CHOICES, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Several", choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    switch = forms.BooleanField(label="A switch", required=False)

    WRONG: ClassVar = {"number": "12", "choice": "pigeon"}


@require_safe
@for_members
def parts(request: HttpRequest, member: Member) -> HttpResponse:
    if member.role != Role.OWNER:
        raise PermissionDenied
    wrong = Sample(Sample.WRONG, prefix="wrong")
    wrong.is_valid()
    wrong.add_error(None, "What is wrong with the whole of it stands here.")
    return render(
        request,
        "workspaces/parts.html",
        {
            "right": Sample(initial={"name": "Ann", "one": "mail", "switch": True}),
            "wrong": wrong,
            "now": datetime(2026, 11, 1, 12, tzinfo=UTC),
            "page": Paginator(range(100), 10).page(3),
            "scores": [(10, "promoter", "Promoter"), (7, "passive", "Passive"),
                       (2, "detractor", "Detractor")],
            "tones": ["on", "quiet", "wrong"],
        },
    )  # fmt: skip
