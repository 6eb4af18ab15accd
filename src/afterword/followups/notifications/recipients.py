"""Who gets a notification by mail: members as long as they are and wish it, and addresses.

An address that is written into a notification gets it, whoever's it is.
"""

from collections.abc import Collection
from uuid import UUID

from afterword.followups.notifications.models import Notification
from afterword.workspaces.models import Member


def recipients_of(notifications: Collection[Notification]) -> dict[UUID, list[str]]:
    """Return the addresses by notification, none of them twice; one query."""
    workspaces = {one.workspace_id for one in notifications}
    users = {user_id for one in notifications for user_id in one.members}
    rows = Member.objects.filter(
        workspace__in=workspaces, user__in=users, user__is_active=True, spared_at=None
    )
    emails = {
        (workspace_id, user_id): email
        for workspace_id, user_id, email in rows.values_list(
            "workspace_id", "user_id", "user__email"
        )
    }
    found = {}
    for one in notifications:
        theirs = [emails.get((one.workspace_id, user_id)) for user_id in one.members]
        found[one.id] = list(dict.fromkeys([*filter(None, theirs), *one.addresses]))
    return found
