"""The addresses of answering, and of what was answered."""

from django.urls import path

from afterword.feedback import public, views

app_name = "feedback"
urlpatterns = [
    path("s/<str:token>", public.survey, name="survey"),
    path("u/<str:token>", public.unsubscribing, name="unsubscribe"),
    path("feedback", views.feedback, name="list"),
]
