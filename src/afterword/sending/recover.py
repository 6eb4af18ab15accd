"""Give back what dead workers held, with what they wrote down on this machine as evidence."""

from datetime import datetime
from functools import partial
from pathlib import Path

from afterword.core.failpoints import failpoint
from afterword.sending import hand_over, journal
from afterword.sending.hand_over import Group
from afterword.sending.rescue import rescue, suspect


def recover(journals: Path, now: datetime) -> None:
    """Commit what they had written down, then give back the rest."""
    for path, left in journal.left_behind(journals):
        if left.accepted:
            hand_over.commit(Group(sent=left.accepted), now)
        if left.composed:
            suspect(left.composed)
        path.unlink(missing_ok=True)
    failpoint("before_rescue_commit")
    rescue(now, partial(journal.evidence, journals))
    failpoint("after_rescue_commit")
