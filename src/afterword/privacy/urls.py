"""The addresses of what a person may ask for, and of receipts of erasures."""

from django.urls import path

from afterword.privacy import of_customer, views

app_name = "privacy"
urlpatterns = [
    path("customers/<uuid:customer_id>/export", of_customer.export_customer, name="export"),
    path("customers/<uuid:customer_id>/erasure", of_customer.erase_customer, name="erase"),
    path("settings/erasures", views.erasures, name="list"),
    path("settings/erasures/<uuid:erasure_id>", views.receipt, name="receipt"),
]
