"""The page of the workspace's brand, which templates have unless they say otherwise."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterword.survey_templates.editor.brand_fields import BrandFields
from afterword.survey_templates.logos import keep_logo
from afterword.survey_templates.look import COLOUR
from afterword.survey_templates.models import Brand
from afterword.web.conflicts import NoticesOthers
from afterword.web.way_back import way_back
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, Role

_OWN = ("logo_url", "colour", "sender_name", "footer")


class BrandForm(NoticesOthers, BrandFields):
    footer = forms.CharField(
        label="Footer of mails",
        required=False,
        max_length=1000,
        help_text="Such as your postal address. The link to unsubscribe follows it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, brand: Brand, *args: Any, **kwargs: Any) -> None:
        self.brand = brand
        kept = {name: getattr(brand, name) for name in _OWN}
        kept["colour"] = kept["colour"] or COLOUR
        kwargs["initial"] = kept
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        self.check_one_logo()
        return self.cleaned_data

    def save(self) -> None:
        for name in _OWN:
            setattr(self.brand, name, self.cleaned_data[name])
        if self.cleaned_data["logo_file"]:
            self.brand.logo = keep_logo(self.brand.workspace, self.cleaned_data["logo_file"])
        elif self.cleaned_data["logo_url"]:
            self.brand.logo = None
        self.brand.save()


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def brand(request: HttpRequest, member: Member) -> HttpResponse:
    if request.method == "POST" and not Role(member.role).may_change:
        raise PermissionDenied
    kept = Brand.objects.visible_to(member).select_related("logo").first()
    form = BrandForm(
        kept or Brand(workspace=member.workspace), request.POST or None, request.FILES or None
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The brand is saved: the next survey has it.")
        return redirect(way_back(request) or "templates:brand")
    return render(
        request, "survey_templates/brand.html", {"form": form}, status=422 if form.errors else 200
    )
