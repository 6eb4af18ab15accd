"""The addresses of a workspace's settings."""

from django.urls import path

from afterword.workspaces import parts, views

app_name = "workspaces"
urlpatterns = [
    path("workspaces/switch", views.switch, name="switch"),
    path("parts", parts.parts, name="parts"),
    path("settings/workspace", views.edit_workspace, name="workspace"),
    path("settings/tokens", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revocation", views.revoke_token, name="revoke_token"),
]
