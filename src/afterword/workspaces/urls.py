"""The addresses of a workspace's settings."""

from django.urls import path

from afterword.workspaces import (
    address_views,
    invite_views,
    member_views,
    own_account,
    parts,
    views,
)

app_name = "workspaces"
urlpatterns = [
    path("account", own_account.account, name="account"),
    path("account/address", address_views.address, name="address"),
    path("account/address/<str:token>", address_views.confirmation, name="address_confirmation"),
    path("invites/<str:token>", invite_views.open_invite, name="open_invite"),
    path("settings/members", member_views.members, name="members"),
    path("settings/members/invites", member_views.make_invite, name="invite"),
    path(
        "settings/members/invites/<uuid:invite_id>/mail",
        member_views.send_invite,
        name="send_invite",
    ),
    path(
        "settings/members/invites/<uuid:invite_id>/removal",
        member_views.take_back,
        name="take_back_invite",
    ),
    path("settings/members/<int:member_id>/role", member_views.set_role, name="set_role"),
    path("settings/members/<int:member_id>/removal", member_views.remove, name="remove_member"),
    path("workspaces/switch", views.switch, name="switch"),
    path("parts", parts.parts, name="parts"),
    path("settings/workspace", views.edit_workspace, name="workspace"),
    path("settings/tokens", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revocation", views.revoke_token, name="revoke_token"),
]
