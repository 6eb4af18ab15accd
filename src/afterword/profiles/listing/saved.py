"""Views of the list that the workspace keeps under a name: saved, renamed, deleted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from afterword.core.one_line import one_line_only
from afterword.profiles.listing.asked import Asked, pairs_of_view
from afterword.profiles.listing.columns import chosen_by
from afterword.profiles.models import MOST_CHARACTERS, SavedView
from afterword.web import undo
from afterword.workspaces.access import for_changers
from afterword.workspaces.models import Member

MOST_VIEWS = 50
_TAKEN = "There is a view of this name already: choose another one."


class NameForm(forms.Form):
    name = forms.CharField(
        max_length=MOST_CHARACTERS,
        validators=[one_line_only],
        help_text="Everybody in the workspace sees the view above the list.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, member: Member, view: SavedView, given: QueryDict | None = None) -> None:
        super().__init__(given, initial={"name": view.name})
        self.member = member
        self.view = view

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = SavedView.objects.visible_to(self.member).exclude(id=self.view.id)
        if others.filter(name=name).exists():
            raise ValidationError(_TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        views = SavedView.objects.visible_to(self.member)
        if self.view._state.adding and views.count() >= MOST_VIEWS:
            raise ValidationError(f"A workspace has at most {MOST_VIEWS} views: delete one first.")
        return self.cleaned_data

    def is_saved(self) -> bool:
        """Save the view under the name, unless somebody else took it at the same moment."""
        self.view.name = self.cleaned_data["name"]
        try:
            with transaction.atomic():
                self.view.save()
        except IntegrityError:
            self.add_error("name", _TAKEN)
        return self.is_valid()


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new_view(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep what the address asks for."""
    asked = Asked.of(member, request.GET, chosen_by(member))
    view = SavedView(workspace=member.workspace)
    asked.keep_in(view)
    return _named(request, member, view, "customer_list/new_view.html", asked)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def rename_view(request: HttpRequest, member: Member, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(member), id=view_id)
    asked = Asked.of(member, request.GET, chosen_by(member))
    return _named(request, member, view, "customer_list/view_name.html", asked)


@require_POST
@for_changers
def update_view(request: HttpRequest, member: Member, view_id: int) -> HttpResponse:
    """Let the view be what the address asks for."""
    view = get_object_or_404(SavedView.objects.visible_to(member), id=view_id)
    asked = Asked.of(member, request.GET, chosen_by(member))
    asked.keep_in(view)
    view.save()
    messages.success(request, f"{view} is what you see now, for everybody.")
    return _shown(view, asked)


@require_POST
@for_changers
def delete_view(request: HttpRequest, member: Member, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(member), id=view_id)
    kept = {name: getattr(view, name) for name in _KEPT}
    view.delete()
    address = reverse("customers:view_undo")
    undo.offer(request, f"The view {view} is deleted. No customer is.", address, kept)
    return redirect("customers:list")


@require_POST
@for_changers
def put_back(request: HttpRequest, member: Member) -> HttpResponse:
    if what := undo.take(request):
        rows = SavedView.objects.visible_to(member)
        view, is_new = rows.get_or_create(
            workspace=member.workspace, name=what["name"], defaults=what
        )
        if is_new:
            messages.success(request, f"The view {view} is back.")
        else:
            messages.warning(request, f"Another view is called {view} by now: it is left as it is.")
    return redirect("customers:list")


_KEPT = ("name", "audience", "text", "status", "order", "columns")


def _named(
    request: HttpRequest, member: Member, view: SavedView, template: str, asked: Asked
) -> HttpResponse:
    """Ask for a name, and save the view under it."""
    form = NameForm(member, view, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and form.is_saved():
        messages.success(request, f"The view {view} is kept above the list.")
        return _shown(view, asked)
    context = {"form": form, "view": view, "asked": asked}
    return render(request, template, context, status=422 if form.is_bound else 200)


def _shown(view: SavedView, asked: Asked) -> HttpResponse:
    query = urlencode([*pairs_of_view(view, asked.filters), ("view", str(view.id))])
    return redirect(f"{reverse('customers:list')}?{query}")
