"""Forget the calls that came long ago, or that so many others followed."""

from datetime import datetime, timedelta
from typing import LiteralString

from afterword.core import bulk
from afterword.hooks.models import HookCall

CALLS_FOR, MOST_CALLS = timedelta(days=30), 1_000  # the newest of each hook

# One hook after the other, along the index that pages use.
_CALLS: LiteralString = """
    SELECT old.id FROM hooks_hook AS hook CROSS JOIN LATERAL (
        (SELECT id FROM hooks_hookcall WHERE hook_id = hook.id
            ORDER BY received_at DESC, id DESC OFFSET %s)
        UNION
        (SELECT id FROM hooks_hookcall WHERE hook_id = hook.id AND received_at < %s)
    ) AS old
"""


def forget_old(now: datetime) -> None:
    bulk.delete(HookCall, _CALLS, (MOST_CALLS, now - CALLS_FOR))
