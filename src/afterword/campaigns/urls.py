"""The addresses of campaigns and of the templates they ask with."""

from django.urls import path

from afterword.campaigns import editor, logos, reminders, template_views, views

app_name = "campaigns"
urlpatterns = [
    path("campaigns", views.campaigns, name="list"),
    path("campaigns/new", views.new_campaign, name="new"),
    path("campaigns/<uuid:campaign_id>", editor.template, name="edit"),
    path("campaigns/<uuid:campaign_id>/audience", editor.audience, name="audience"),
    path("campaigns/<uuid:campaign_id>/schedule", editor.schedule, name="schedule"),
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
    path("campaigns/<uuid:campaign_id>/events", editor.events, name="events"),
    path("campaigns/<uuid:campaign_id>/setup", editor.setup, name="setup"),
    path("campaigns/<uuid:campaign_id>/name", editor.name, name="name"),
    path("campaigns/<uuid:campaign_id>/activation", views.activation, name="activate"),
    path("campaigns/<uuid:campaign_id>/deactivation", views.deactivation, name="deactivate"),
    path("campaigns/<uuid:campaign_id>/deletion", views.deletion, name="delete"),
    path("templates", template_views.templates, name="templates"),
    path("templates/new", template_views.new_template, name="new_template"),
    path("templates/<uuid:template_id>", template_views.edit_template, name="template"),
    path("logos/<uuid:logo_id>", logos.logo, name="logo"),
]
