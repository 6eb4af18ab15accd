"""The addresses of inbound webhooks: the door, and the pages about them."""

from django.urls import path

from afterword.hooks import door, switches, views

app_name = "hooks"
ROOT = "settings/inbound-webhooks"
ONE = f"{ROOT}/<uuid:hook_id>"
urlpatterns = [
    path("hooks/<uuid:hook_id>", door.hook, name="door"),
    path(ROOT, views.hooks, name="list"),
    path(f"{ROOT}/new", views.new_hook, name="new"),
    path(ONE, views.hook, name="hook"),
    path(f"{ONE}/preview", views.preview, name="preview"),
    path(f"{ONE}/secret", switches.secret, name="secret"),
    path(f"{ONE}/secret/removal", switches.secret_removal, name="secret_removal"),
    path(f"{ONE}/switch", switches.switch, name="switch"),
    path(f"{ONE}/removal", switches.removal, name="removal"),
    path("campaigns/<uuid:campaign_id>/hook", views.make_for_campaign, name="make_for_campaign"),
]
