"""The addresses of what may be done for many."""

from django.urls import path

from afterword.profiles.bulk import views

app_name = "bulk"
urlpatterns = [
    path("customers/bulk", views.bulk, name="act"),
    path("customers/export", views.export, name="export"),
]
