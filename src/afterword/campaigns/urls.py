"""The addresses of campaigns."""

from django.urls import path

from afterword.campaigns import listing, reminders, views
from afterword.campaigns.channels.in_app import setup as in_app_setup
from afterword.campaigns.channels.in_app.section import in_app
from afterword.campaigns.channels.link.qr import qr_code
from afterword.campaigns.channels.link.section import link
from afterword.campaigns.editor import sections
from afterword.campaigns.editor.audience_count import audience_count
from afterword.campaigns.editor.setup import new_key, setup

app_name = "campaigns"
urlpatterns = [
    path("campaigns", listing.campaigns, name="list"),
    path("campaigns/new", views.new_campaign, name="new"),
    path("campaigns/<uuid:campaign_id>", sections.template, name="edit"),
    path("campaigns/<uuid:campaign_id>/audience", sections.audience, name="audience"),
    path("campaigns/<uuid:campaign_id>/audience/count", audience_count, name="audience_count"),
    path("campaigns/<uuid:campaign_id>/schedule", sections.schedule, name="schedule"),
    path("campaigns/<uuid:campaign_id>/reminders", reminders.reminders, name="reminders"),
    path(
        "campaigns/<uuid:campaign_id>/reminders/<int:reminder_id>",
        reminders.change,
        name="reminder",
    ),
    path(
        "campaigns/<uuid:campaign_id>/reminders/<int:reminder_id>/removal",
        reminders.removal,
        name="remove_reminder",
    ),
    path("campaigns/<uuid:campaign_id>/setup", setup, name="setup"),
    path("campaigns/<uuid:campaign_id>/key", new_key, name="new_key"),
    path("campaigns/<uuid:campaign_id>/link", link, name="link"),
    path("campaigns/<uuid:campaign_id>/link.<slug:kind>", qr_code, name="qr_code"),
    path("campaigns/<uuid:campaign_id>/in-app", in_app, name="in_app"),
    path("campaigns/<uuid:campaign_id>/in-app/heard", in_app_setup.heard, name="in_app_heard"),
    path(
        "campaigns/<uuid:campaign_id>/in-app/secret",
        in_app_setup.new_secret,
        name="in_app_secret",
    ),
    path(
        "campaigns/<uuid:campaign_id>/in-app/unsigned",
        in_app_setup.unsigned,
        name="in_app_unsigned",
    ),
    path("campaigns/<uuid:campaign_id>/name", sections.name, name="name"),
    path("campaigns/<uuid:campaign_id>/activation", views.activation, name="activate"),
    path("campaigns/<uuid:campaign_id>/deactivation", views.deactivation, name="deactivate"),
    path("campaigns/<uuid:campaign_id>/copy", views.copy, name="copy"),
    path("campaigns/<uuid:campaign_id>/archival", views.archival, name="archive"),
    path("campaigns/<uuid:campaign_id>/return", views.return_, name="bring_back"),
    path("campaigns/<uuid:campaign_id>/deletion", views.deletion, name="delete"),
]
