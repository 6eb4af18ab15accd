"""The addresses of answering, and of what was answered."""

from django.urls import path

from afterword.feedback import views
from afterword.feedback.answering import public
from afterword.feedback.hits import opens
from afterword.feedback.in_app import public as in_app
from afterword.feedback.in_app.script import script
from afterword.feedback.links.public import link
from afterword.feedback.loop import views as loop
from afterword.feedback.own_people.views import own_people
from afterword.feedback.risk.views import rule
from afterword.feedback.stopping import unsubscribing

app_name = "feedback"
urlpatterns = [
    path("s/<str:token>", public.survey, name="survey"),
    path("s/<str:token>/more", public.trap, name="trap"),
    path("s/<str:token>/shown/<uuid:hit>", public.shown, name="shown"),
    path("l/<str:token>", link, name="link"),
    path("in-app/v1.js", script, name="in_app_script"),
    path("in-app/v1/check", in_app.check, name="in_app_check"),
    path("in-app/v1/shown", in_app.shown, name="in_app_shown"),
    path("in-app/v1/closed", in_app.closed, name="in_app_closed"),
    path("in-app/v1/answer", in_app.answer, name="in_app_answer"),
    path("u/<str:token>", unsubscribing.unsubscribing, name="unsubscribe"),
    path("o/<str:token>.gif", opens.picture, name="open"),
    path("settings/at-risk", rule, name="risk"),
    path("settings/close-the-loop", loop.rule, name="loop_rule"),
    path("settings/own-people", own_people, name="own_people"),
    path("feedback", views.feedback, name="list"),
    path("feedback/hits", views.hits, name="hits"),
    path("feedback/hits/<uuid:invitation_id>/acceptance", views.acceptance, name="acceptance"),
    path("feedback/<uuid:response_id>/assignment", loop.assignment, name="assignment"),
    path("feedback/<uuid:response_id>/assignment/opening", loop.opening, name="assignment_opening"),
]
