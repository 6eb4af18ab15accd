"""The addresses of insight."""

from django.urls import path

from afterword.insights import views

app_name = "insights"
urlpatterns = [path("", views.dashboard, name="dashboard")]
