"""The addresses of answering, and of what was answered."""

from django.urls import path

from afterword.feedback import views
from afterword.feedback.answering import public
from afterword.feedback.hits import opens
from afterword.feedback.links.public import link
from afterword.feedback.own_people.views import own_people
from afterword.feedback.stopping import unsubscribing

app_name = "feedback"
urlpatterns = [
    path("s/<str:token>", public.survey, name="survey"),
    path("s/<str:token>/more", public.trap, name="trap"),
    path("s/<str:token>/shown/<uuid:hit>", public.shown, name="shown"),
    path("l/<str:token>", link, name="link"),
    path("u/<str:token>", unsubscribing.unsubscribing, name="unsubscribe"),
    path("o/<str:token>.gif", opens.picture, name="open"),
    path("settings/own-people", own_people, name="own_people"),
    path("feedback", views.feedback, name="list"),
    path("feedback/hits", views.hits, name="hits"),
    path("feedback/hits/<uuid:invitation_id>/acceptance", views.acceptance, name="acceptance"),
]
