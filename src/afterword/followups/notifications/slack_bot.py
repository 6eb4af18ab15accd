"""Post as a Slack app's bot; what one customer says goes under the first message of theirs.

https://docs.slack.dev/reference/methods/chat.postMessage. Slack answers 200 whatever it thinks of
a message, and says in JSON whether it took it.
"""

import json
from dataclasses import replace
from typing import Any

from django.conf import settings

from afterword.followups.engine.post import Reply, Request
from afterword.followups.models import Delivery, Notification, SlackThread
from afterword.followups.values import occurrences_of

_AGAIN = "install the app in Slack again, and enter its new token"
# What no other try will mend, and what a person can do about it.
_FINAL = {
    "token_revoked": f"Its token was revoked: {_AGAIN}.",
    "token_expired": f"Its token has expired: {_AGAIN}.",
    "invalid_auth": f"The token is not known to Slack: {_AGAIN}.",
    "not_authed": f"The token is not known to Slack: {_AGAIN}.",
    "account_inactive": f"The app or its workspace is no more: {_AGAIN}.",
    "missing_scope": "The app may not write: give it the scope chat:write and install it again.",
    "channel_not_found": "There is no such channel, or the app does not see it: check its name, "
    "and invite the app.",
    "not_in_channel": "The app is not in the channel: invite it there.",
    "is_archived": "The channel is archived: choose another one.",
}
FINAL = frozenset(_FINAL)
_LOST_THREADS = frozenset({"thread_not_found", "message_not_found", "invalid_thread_ts"})


def is_by_bot(request: Request) -> bool:
    return request.url == _address()


def bot_request(notification: Notification, delivery: Delivery, blocks: dict[str, Any]) -> Request:
    """Return the request that posts the blocks; raises Unreadable."""
    thread = _threads(notification, delivery)
    ts = thread.values_list("ts", flat=True).first() if thread is not None else None
    said = {"channel": notification.slack_channel, **blocks, **({"thread_ts": ts} if ts else {})}
    return Request(
        _address(),
        json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"),
        {"Content-Type": "application/json; charset=utf-8"},
        {"Authorization": f"Bearer {notification.slack_token}"},
        shown_url="Slack",
    )


def read_reply(delivery: Delivery, request: Request, reply: Reply) -> Reply:
    """Return what Slack made of it. The first message about a customer becomes their thread.

    It is kept in a commit of its own: who dies before has posted a message that nothing follows
    under; who dies after posts it again, under itself.
    """
    if not is_by_bot(request) or not reply.is_taken:
        return reply
    said = _parsed(reply.text)
    notification = Notification.objects.filter(id=delivery.rule_id).first()
    if notification is None:  # it was deleted meanwhile
        return reply
    threads = _threads(notification, delivery)
    if said.get("ok") is True:
        if threads is not None and isinstance(ts := said.get("ts"), str) and not threads.exists():
            _keep(notification, delivery, ts[:30])
        return reply
    code = str(said.get("error") or "an answer that cannot be read")[:100]
    if code in _LOST_THREADS and threads is not None:
        threads.delete()  # the next try begins another
    return replace(reply, code=code, error=f"Slack: {_FINAL.get(code, 'it was refused.')} ({code})")


def _address() -> str:
    return f"{settings.SLACK_API}/chat.postMessage"


def _customer_id(delivery: Delivery) -> Any:
    occurrence = occurrences_of([delivery]).get(delivery.id)
    return occurrence.response.customer_id if occurrence and occurrence.response else None


def _threads(notification: Notification, delivery: Delivery) -> Any:
    """Return the thread of the customer who answered, as rows; None where it is about nobody."""
    customer_id = _customer_id(delivery)
    if customer_id is None:
        return None
    return SlackThread.objects.filter(
        workspace_id=notification.workspace_id,
        channel=notification.slack_channel,
        customer_id=customer_id,
    )


def _keep(notification: Notification, delivery: Delivery, ts: str) -> None:
    row = SlackThread(
        workspace_id=notification.workspace_id,
        channel=notification.slack_channel,
        customer_id=_customer_id(delivery),
        ts=ts,
    )
    SlackThread.objects.bulk_create([row], ignore_conflicts=True)


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
