"""One's own account: the name, the password, and which mails of notifications one gets."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.core.one_line import one_line_only
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, User


class AccountForm(forms.Form):
    """A name, and for each of one's workspaces a switch."""

    name = forms.CharField(
        label="Your name",
        max_length=100,
        required=False,
        validators=[one_line_only],
        help_text="How colleagues see you; without one, by your address.",
    )

    def __init__(
        self, user: User, memberships: list[Member], given: QueryDict | None = None
    ) -> None:
        super().__init__(given, initial={"name": user.name})
        self.user, self.memberships = user, memberships
        for one in memberships:
            self.fields[f"mails_{one.workspace_id}"] = forms.BooleanField(
                label=f"Mails by the notifications of {one.workspace}",
                required=False,
                initial=one.spared_at is None,
            )

    def save(self) -> None:
        self.user.name = self.cleaned_data["name"]
        self.user.save(update_fields=["name"])
        for one in self.memberships:
            wants = self.cleaned_data[f"mails_{one.workspace_id}"]
            if wants != (one.spared_at is None):
                spared_at = None if wants else timezone.now()
                Member.objects.filter(id=one.id).update(spared_at=spared_at)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def account(request: HttpRequest, member: Member) -> HttpResponse:
    memberships = Member.objects.filter(user_id=member.user_id).select_related("workspace")
    form = AccountForm(
        member.user, list(memberships.order_by("workspace__name")), request.POST or None
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your account is saved.")
        return redirect("workspaces:account")
    return render(
        request, "workspaces/account.html", {"form": form}, status=422 if form.is_bound else 200
    )
