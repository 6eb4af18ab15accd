"""The addresses of insight."""

from django.urls import path

from afterword.insights import views
from afterword.insights.campaign import campaign

app_name = "insights"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("campaigns/<uuid:campaign_id>/results", campaign, name="campaign"),
]
