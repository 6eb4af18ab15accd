"""The addresses that belong to no stage."""

from django.urls import path

from afterword.web import health, unsaved

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("unsaved/<uuid:kept_id>", unsaved.unsaved, name="unsaved"),
]
