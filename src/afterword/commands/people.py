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
    member = joined.member
    who, where = member.user.email, member.workspace.name
    said = {
        Joining.ADDED: f"{who} is now {member.role} of {where}.",
        Joining.CHANGED: f"{who} is now {member.role} of {where}, no longer {joined.former_role}.",
        Joining.UNCHANGED: f"{who} is already {member.role} of {where}.",
    }[joined.joining]
    if member.user.has_usable_password():
        return [said]
    return [said, "To choose a password, within three days:", password_link(member.user)]
