"""The addresses of what came in. `/v1/*` is not here: see `door.py`."""

from django.urls import path

from afterword.events import arrivals, seen, send_test, views

app_name = "events"
urlpatterns = [
    path("events", views.events, name="list"),
    path("events/rejected", views.rejected, name="rejected"),
    path("events/names", views.names, name="names"),
    path("events/<uuid:event_id>", views.event, name="event"),
    path("campaigns/<uuid:campaign_id>/seen-events", seen.seen, name="seen"),
    path("campaigns/<uuid:campaign_id>/arrivals", arrivals.arrivals, name="arrivals"),
    path("campaigns/<uuid:campaign_id>/test-event", send_test.send_test, name="send_test"),
]
