"""The addresses of receipts of erasures."""

from django.urls import path

from afterword.privacy import views

app_name = "privacy"
urlpatterns = [
    path("settings/erasures", views.erasures, name="list"),
    path("settings/erasures/<uuid:erasure_id>", views.receipt, name="receipt"),
]
