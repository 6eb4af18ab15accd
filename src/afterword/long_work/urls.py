"""The addresses of long work."""

from django.urls import path

from afterword.long_work import views

app_name = "long_work"
urlpatterns = [
    path("work/<uuid:work_id>", views.work, name="work"),
    path("work/<uuid:work_id>/cancel", views.cancel, name="cancel"),
]
