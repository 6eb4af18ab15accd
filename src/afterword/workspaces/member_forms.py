"""The forms of the members page, and of whoever opens an invite's link."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from afterword.core.email_address import normalise
from afterword.core.one_line import one_line_only
from afterword.workspaces.models import Invite, Role, User

ROLE_WORDS = {
    Role.OWNER: "Owner: everything, and who is an owner",
    Role.ADMIN: "Admin: settings, tokens and members, too",
    Role.MEMBER: "Member: campaigns, customers and answers",
    Role.ANALYST: "Analyst: reads, and changes nothing",
}


class InviteForm(forms.Form):
    email = forms.CharField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="A link is sent there; it is good for 30 days.",
    )
    role = forms.ChoiceField(initial=Role.MEMBER, widget=forms.RadioSelect)

    def __init__(self, role: Role, *args: object, **kwargs: object) -> None:
        """`role` is that of whoever invites: nobody gives more than they have."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = roles_within(role)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        if address := normalise(self.cleaned_data["email"]):
            return address
        raise ValidationError("Write one e-mail address, such as ann@example.com.")


def roles_within(role: Role) -> list[tuple[str, str]]:
    """Return the roles that somebody may give, the lowest first, as a choice."""
    return [(str(one), ROLE_WORDS[one]) for one in reversed(Role) if role.may_manage(one)]


class NewAccountForm(forms.Form):
    """The account of somebody who was invited; the address is the invite's."""

    name = forms.CharField(
        label="Your name", max_length=100, required=False, validators=[one_line_only]
    )
    password = forms.CharField(
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least eight characters.",
    )

    def __init__(self, invite: Invite, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.invite = invite

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self.invite.email))
        return password
