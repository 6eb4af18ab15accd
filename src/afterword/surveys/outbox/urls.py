"""The addresses of the outbox and of the queue."""

from django.urls import path

from afterword.surveys.calls import calls
from afterword.surveys.outbox import brake_views, bulk_views, views
from afterword.surveys.queue import views as queue_views

app_name = "surveys"
urlpatterns = [
    path("outbox", views.outbox, name="outbox"),
    path("outbox/export.csv", views.export, name="export"),
    path("outbox/cancellation", bulk_views.cancel_all, name="cancel_all"),
    path("outbox/sending-again", bulk_views.send_all_again, name="send_all_again"),
    path("outbox/<uuid:invitation_id>", views.survey, name="survey"),
    path("outbox/<uuid:invitation_id>/cancellation", views.cancel_one, name="cancel"),
    path("outbox/<uuid:invitation_id>/sending-again", views.send_one_again, name="send_again"),
    path("outbox/<uuid:invitation_id>/now", queue_views.send_one_now, name="send_now"),
    path("campaigns/<uuid:campaign_id>/calls", calls, name="calls"),
    path("queue", queue_views.queue, name="queue"),
    path("queue/chosen", queue_views.change_chosen, name="change_queue"),
    path("queue/cancellation", queue_views.cancel_all, name="cancel_queue"),
    path("campaigns/<uuid:campaign_id>/resumption", brake_views.resumption, name="resume"),
]
