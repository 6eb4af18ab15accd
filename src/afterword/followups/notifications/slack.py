"""A notification as Slack takes it: Block Kit, in plain JSON.

What users and customers wrote is plain text there, in which Slack reads neither marks nor
mentions. https://docs.slack.dev/reference/block-kit/blocks
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from afterword.core.sealed import Unreadable
from afterword.followups.engine.post import Request
from afterword.followups.engine.room import (
    SWITCHED_OFF,
    CannotBeMade,
    NotNeeded,
    Requests,
    is_off,
)
from afterword.followups.models import Delivery
from afterword.followups.notifications.slack_bot import bot_request
from afterword.followups.notifications.telling import Line, Message, messages_of

TEXT_LIMIT = 2_900  # characters; Slack takes 3,000
MOST_LINES = 12  # of 50 blocks at most


def requests_of(deliveries: Sequence[Delivery], _now: datetime) -> Requests:
    """Make them of the rows of today."""
    rows = Delivery.objects.select_related("notification__workspace", "notification__campaign")
    loaded = list(rows.filter(id__in=[one.id for one in deliveries]))
    messages = messages_of(loaded)
    return {one.id: _request(one, messages.get(one.id)) for one in loaded}


def _request(delivery: Delivery, message: Message | None) -> Request | NotNeeded | CannotBeMade:
    if message is None:
        return NotNeeded("It is not what this notification follows any more.")
    notification = delivery.notification
    assert notification
    if is_off(notification, delivery):
        return SWITCHED_OFF
    blocks = blocks_of(message)
    try:
        if notification.slack_channel:
            return bot_request(notification, delivery, blocks)
        url = notification.slack_url
    except Unreadable as fault:
        return CannotBeMade(str(fault))
    body = json.dumps(blocks, ensure_ascii=False).encode("utf-8", "replace")
    return Request(
        url, body, {"Content-Type": "application/json; charset=utf-8"}, shown_url="Slack"
    )


def blocks_of(message: Message) -> dict[str, Any]:
    title = f"Test: {message.title}" if message.is_test else message.title
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(title, 150)}]
    if message.scores:
        blocks.append({"type": "section", "text": _plain("\n".join(message.scores))})
    for words, line in (("The worst comment", message.worst), ("The best comment", message.best)):
        if line:
            said = f"{words}, {line.headline}\n{line.comment}"
            blocks.append({"type": "section", "text": _plain(said)})
    if message.counts:
        blocks.append({"type": "section", "text": _plain(" · ".join(message.counts))})
    for line in message.lines[:MOST_LINES]:
        blocks += _of_line(line, is_alone=len(message.lines) == 1)
    left_out = message.left_out + max(0, len(message.lines) - MOST_LINES)
    if left_out:
        button = {"type": "button", "text": _plain("All answers"), "url": message.all_link}
        more = {"type": "section", "text": _plain(f"And {left_out:,} more.")}
        blocks.append(more | {"accessory": button})
    return {"text": _escaped(title)[:TEXT_LIMIT], "blocks": blocks}


def _of_line(line: Line, *, is_alone: bool) -> list[dict[str, Any]]:
    words = [line.comment] if is_alone else [line.headline, line.comment]
    said = "\n".join(filter(None, words)) or line.headline
    about = " · ".join(filter(None, [line.who, line.campaign])) or "-"
    button = {"type": "button", "text": _plain("Look at it"), "url": line.link}
    return [
        {"type": "section", "text": _plain(said), "accessory": button},
        {"type": "context", "elements": [_plain(about)]},
    ]


def _plain(text: str, limit: int = TEXT_LIMIT) -> dict[str, Any]:
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": short or "-", "emoji": False}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
