"""What `afterword member add` reads and says."""

import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from afterword.commands.arguments import Refused
from afterword.core.email_address import normalise
from afterword.workspaces.members import Joined, Joining, password_link
from afterword.workspaces.models import User


def read_address(text: str) -> str:
    """Return the address normalised; raises Refused."""
    address = normalise(text)
    if address is None:
        raise Refused(f"{text} is not an e-mail address.")
    return address


def read_password(email: str) -> str:
    """Return the first line of standard input; raises Refused if it is too weak a password."""
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    return password


def lines_about(joined: Joined) -> list[str]:
    who, role, where = joined.user.email, joined.role, joined.workspace.name
    said = {
        Joining.ADDED: f"{who} is now {role} of {where}.",
        Joining.CHANGED: f"{who} is now {role} of {where}, no longer {joined.former_role}.",
        Joining.UNCHANGED: f"{who} is already {role} of {where}.",
        Joining.PENDING: f"{who} has an account, and nobody has shown yet that the address is "
        f"theirs: give them the link. Once they have chosen a password there, they are {role} "
        f"of {where}.",
    }[joined.joining]
    if joined.user.has_usable_password() and joined.joining is not Joining.PENDING:
        return [said]
    return [said, "To choose a password, within three days:", password_link(joined.user)]
