"""The pages on which an account gets another address."""

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from afterword.core.email_address import normalise
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member, User
from afterword.workspaces.own_address import ask, change, change_of


class AddressForm(forms.Form):
    email = forms.CharField(
        label="New e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="A link is sent there. Until you open it, nothing changes.",
    )
    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, user: User, given: QueryDict | None = None) -> None:
        super().__init__(given)
        self.request, self.user = request, user

    def clean_email(self) -> str:
        address = normalise(self.cleaned_data["email"])
        if address is None:
            raise ValidationError("Write one e-mail address, such as ann@example.com.")
        if address == self.user.email:
            raise ValidationError("This is your address already.")
        return address

    def clean_password(self) -> str:
        given: str = self.cleaned_data["password"]
        if not ratelimit.consume(self.request, action="change_password", user=self.user):
            raise ValidationError("That was often: wait a minute, and try again.")
        if not self.user.check_password(given):
            raise ValidationError("This is not your password.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def address(request: HttpRequest, member: Member) -> HttpResponse:
    form = AddressForm(request, member.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if ask(member.user, email, timezone.now()):
            messages.success(request, f"A link is on its way to {email}. Open it within a day.")
            return redirect("workspaces:account")
        form.add_error("email", "A link was sent a moment ago: wait a minute.")
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/address.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_members
def confirmation(request: HttpRequest, member: Member, token: str) -> HttpResponse:
    """What the link leads to: it asks, and changes nothing on GET."""
    now = timezone.now()
    found = change_of(token, member.user, now)
    if found is None:
        return render(request, "workspaces/address_confirmation.html", status=404)
    if request.method != "POST":
        return render(request, "workspaces/address_confirmation.html", {"change": found})
    if change(found, now):
        messages.success(request, f"You sign in with {found.email} from now on.")
    else:
        messages.error(request, "Nothing was changed: another account has this address.")
    return redirect("workspaces:account")
