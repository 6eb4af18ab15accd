"""The addresses of the workspace's file."""

from django.urls import path

from afterword.apply import views

app_name = "apply"
urlpatterns = [
    path("settings/file", views.workspace_file, name="file"),
    path("settings/file/download", views.download, name="download"),
]
