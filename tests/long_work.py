"""A kind of long work for tests: it makes numbered tags, three in a batch."""

from datetime import datetime

from afterword.core import bulk
from afterword.core.clock import database_now
from afterword.customers.models import Tag
from afterword.long_work import kinds
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work
from afterword.long_work.start import start
from afterword.long_work.turn import work_once
from afterword.workspaces.models import Member

BATCH = 3


def make_tags(work: Work, now: datetime) -> bool:
    """Make the next ones; a workspace cannot have a tag twice, so nothing may be done twice."""
    last = min(work.done + BATCH, work.parameters["tags"])
    bulk.insert(
        Tag,
        [
            {"workspace_id": work.workspace_id, "name": f"tag {number}", "created_at": now}
            for number in range(work.done, last)
        ],
    )
    work.cursor = work.done = last
    work.report = {"made": last}
    return bool(last == work.parameters["tags"])


TAGGING = WorkKind(
    name="test.tagging",
    step=make_tags,
    title=lambda work: f"Make {work.parameters['tags']} tags",
    report=lambda work: [Line("Made", f"{work.report.get('made', 0):,}")],
    leads_to=lambda work: ("/settings/properties", "To the tags"),
    things="tags",
)
kinds.register(TAGGING)


def some_work(member: Member, tags: int = 7) -> Work:
    """Work that waits, of `tags` tags."""
    return start(
        member.workspace_id, TAGGING, {"tags": tags}, database_now(), by=member.user, total=tags
    )


def work_until_done() -> int:
    """Do all that waits; return in how many batches."""
    batches = 0
    while work_once():
        batches += 1
    return batches


def stored(work: Work) -> Work:
    """Read it anew."""
    return Work.objects.get(id=work.id)
