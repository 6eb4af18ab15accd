"""Hits: links of an invitation being fetched. Noted and judged; nothing follows from them."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from django.db import connection
from django.db.models import Q, Subquery
from django.http import HttpRequest
from django.utils import timezone

from afterword.core.ids import new_id
from afterword.core.text import one_line
from afterword.feedback.hits.judge import WINDOW, Fetch, Judgement, judgements
from afterword.feedback.models import Hit, HitKind
from afterword.happenings.note import noting
from afterword.surveys.models import Invitation

MOST = 200  # hits of one invitation; what a machine fetches after that is not worth a row
AGENT_LENGTH = 200

# The page does not wait for the disk: a lost hit costs nothing. Within somebody's transaction it
# would be that one which did not wait, so there it does.
_NOW = "(SELECT 1) AS waiting"
_SOON = "(SELECT set_config('synchronous_commit', 'off', true)) AS not_waiting"
_INSERT: LiteralString = """
    INSERT INTO feedback_hit
        (id, workspace_id, invitation_id, at, kind, method, score, agent, judgement)
    SELECT %s, %s, %s, %s, %s, %s, %s, %s, '' FROM {how}
    WHERE (SELECT count(*) FROM feedback_hit WHERE invitation_id = %s) < %s
"""
_LATEST: LiteralString = """
    SELECT id, judgement, at, kind, method, score, agent,
           shown_at IS NOT NULL, confirmed_at IS NOT NULL
    FROM feedback_hit WHERE invitation_id = %s AND at > %s
"""
_INSERT_NOW, _INSERT_SOON = _INSERT.format(how=_NOW), _INSERT.format(how=_SOON)


def note_hit(
    request: HttpRequest, invitation: Invitation, kind: HitKind, score: int | None = None
) -> UUID:
    """Note that a link of `invitation` was fetched, judge its latest hits, and return the hit's id.

    The address that it came from is not kept.
    """
    id_, now = new_id(), timezone.now()
    agent = one_line(request.headers.get("User-Agent", ""))[:AGENT_LENGTH]
    row = (id_, invitation.workspace_id, invitation.id, now, kind, request.method, score, agent)
    with connection.cursor() as cursor:
        insert = _INSERT_NOW if connection.in_atomic_block else _INSERT_SOON
        cursor.execute(insert, (*row, invitation.id, MOST))
    judge(invitation.id, now)
    return id_


def judge(invitation_id: UUID, now: datetime) -> None:
    """Mark the latest hits of an invitation that look like a machine's.

    Of several that are noted at once, the last sees them all. A mark stays until a person
    confirms: later hits may speak against a hit, never for it.
    """
    with connection.cursor() as cursor:
        # A hit of the last minute is judged by what was up to a minute before it.
        cursor.execute(_LATEST, (invitation_id, now - 2 * WINDOW))
        latest = cursor.fetchall()
    fetches = [Fetch(*row[2:]) for row in latest]
    fresh: dict[Judgement, list[tuple[UUID, datetime]]] = {}
    for (id_, known, at, *_), judgement in zip(latest, judgements(fetches), strict=True):
        if judgement and not known:
            fresh.setdefault(judgement, []).append((id_, at))
    for judgement, hits in fresh.items():
        unmarked = Hit.objects.filter(id__in=[id_ for id_, _ in hits], judgement="")
        unmarked.filter(confirmed_at=None).update(judgement=judgement)
        _take_back_click(invitation_id, [at for _, at in hits])


def note_shown(answer_token: str, hit_id: UUID, now: datetime) -> None:
    """Note that the page of a hit asked for what belongs to it: something has shown it."""
    hits = Hit.objects.filter(id=hit_id, invitation__answer_token=answer_token, kind=HitKind.PAGE)
    if hits.filter(shown_at=None).update(shown_at=now):
        _note_click(hit_id, now)


def confirm(invitation: Invitation, hit_id: UUID, now: datetime) -> None:
    """A person has answered on the page of this hit: whatever it looked like, it is theirs."""
    hits = Hit.objects.filter(id=hit_id, invitation=invitation)
    if hits.filter(confirmed_at=None).update(confirmed_at=now, judgement=""):
        _note_click(hit_id, now)


def is_burst(invitation: Invitation, now: datetime) -> bool:
    """Whether a machine is at the links of this invitation right now."""
    latest = Hit.objects.filter(invitation=invitation, at__gt=now - WINDOW)
    return latest.exclude(judgement="").exists()


def fetch_of(hit: Hit) -> Fetch:
    return Fetch(
        at=hit.at,
        kind=hit.kind,
        method=hit.method,
        score=hit.score,
        agent=hit.agent,
        is_shown=hit.shown_at is not None,
        is_confirmed=hit.confirmed_at is not None,
    )


def _note_click(hit_id: UUID, now: datetime) -> None:
    """The first hit that nothing speaks against is when the person clicked."""
    with connection.cursor() as cursor:
        cursor.execute(_CLICK, [hit_id, now])


_CLICKED = noting("""
    SELECT workspace_id, 'survey.clicked' AS kind, id AS subject_id, %s::timestamptz AS at
    FROM clicked
""")
_CLICK = f"""
    WITH clicked AS (
        UPDATE surveys_invitation AS invitation SET clicked_at = hit.at
        FROM feedback_hit AS hit
        WHERE hit.id = %s AND hit.judgement = ''
          AND invitation.id = hit.invitation_id AND invitation.clicked_at IS NULL
        RETURNING invitation.id, invitation.workspace_id
    )
    {_CLICKED}
"""  # noqa: S608  (our own words alone)


def _take_back_click(invitation_id: UUID, marked: Sequence[datetime]) -> None:
    """A click that was a machine's gives way to the first that was none, if there is any.

    It was told already: whoever reads that looks at what is so today.
    """
    people = Hit.objects.filter(
        invitation_id=invitation_id, kind=HitKind.PAGE, judgement=""
    ).filter(Q(shown_at__isnull=False) | Q(confirmed_at__isnull=False))
    Invitation.objects.filter(id=invitation_id, clicked_at__in=marked).update(
        clicked_at=Subquery(people.order_by("at").values("at")[:1])
    )
