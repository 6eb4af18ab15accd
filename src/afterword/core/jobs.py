"""Wake-ups: jobs that only say "look again". Rows are the truth; a lost wake-up costs seconds."""

import json
from typing import LiteralString

from django.db import connection

# A queued wake-up serves every row committed before it starts, so one of a kind is enough.
# Wake after the commit: a job that is queued already, but starts before our commit, would not
# see our rows. Procrastinate's own `defer` raises (and fills PostgreSQL's log) on each such clash.
_WAKE: LiteralString = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)
    SELECT 'default', task, 0, task || args::text, args
    FROM (SELECT %s::text AS task, %s::jsonb AS args) AS wanted
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""

# For those who hold a plain connection; its one parameter is the workspace's id as text.
WAKE_TAKE_UP_SQL: LiteralString = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)
    SELECT 'default', 'take_up', 0, 'take_up' || args::text, args
    FROM (SELECT jsonb_build_object('workspace_id', %s::text) AS args) AS wanted
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
"""


def wake(task: str, **args: str) -> None:
    """Queue `task` unless the same is queued already."""
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, (task, json.dumps(args)))
