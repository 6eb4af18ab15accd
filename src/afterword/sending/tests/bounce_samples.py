"""Mails that come in: one file each in `bounces/`, named for what they say of a survey's mail."""

import re
from pathlib import Path

from afterword.core import signed_ids
from afterword.surveys.models import Invitation

FOLDER = Path(__file__).parent / "bounces"
SAMPLES = sorted(path.stem for path in FOLDER.glob("*.eml"))


# What Mailman was sent in twenty years; each came over a list, whose headers are no bounce's.
MAILMANS = sorted((Path(__file__).parent / "flufl_bounce").glob("*.txt"))
_LISTS = re.compile(
    rb"^(?:List-[\w-]+|Precedence):.*\n(?:[ \t].*\n)*", re.IGNORECASE | re.MULTILINE
)


def finding_of(name: str) -> str:
    return name.partition("--")[0]


def sample(name: str, invitation: Invitation, return_path: str = "") -> bytes:
    """Return the mail as it would come in about the mail of this invitation."""
    path = return_path or f"bounces+{signed_ids.sign('bounce', invitation.id)}@mail.acme.example"
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    text = text.replace("RETURN_PATH", path).replace("RECIPIENT", invitation.survey.email)
    text = text.replace("UNSUBSCRIBE_TOKEN", invitation.unsubscribe_token)
    return text.replace("SURVEY_ID", str(invitation.id)).encode()


def as_sent(path: Path) -> bytes:
    """Return one of MAILMANS as the server sent it that wrote it."""
    return _LISTS.sub(b"", path.read_bytes())
