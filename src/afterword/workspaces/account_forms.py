"""What the account pages do beyond django-allauth's own forms."""

from allauth.account.forms import ResetPasswordKeyForm
from django.db import transaction
from django.utils import timezone

from afterword.workspaces.members import confirm_address


class PasswordByLink(ResetPasswordKeyForm):  # type: ignore[misc]
    """A password chosen by a link: whoever has the link has the address that it was made for."""

    @transaction.atomic
    def save(self) -> None:
        super().save()
        confirm_address(self.user, timezone.now())
