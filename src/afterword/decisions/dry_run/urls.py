"""The addresses of dry runs."""

from django.urls import path

from afterword.decisions.dry_run import views

app_name = "dry_run"
urlpatterns = [
    path("campaigns/<uuid:campaign_id>/dry-run", views.dry_run, name="page"),
    path("campaigns/<uuid:campaign_id>/audience/events", views.passed, name="passed"),
]
