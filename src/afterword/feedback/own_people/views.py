"""Settings → Our own people."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterword.feedback.own_people.form import OwnPeopleForm
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def own_people(request: HttpRequest, member: Member) -> HttpResponse:
    form = OwnPeopleForm(member.workspace, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Our own people are saved.")
        return redirect("feedback:own_people")
    status = 422 if form.is_bound else 200
    return render(request, "feedback/own_people.html", {"form": form}, status=status)
