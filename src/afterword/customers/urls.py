"""The addresses of customers."""

from django.urls import path

from afterword.customers import address_views, profile, views

app_name = "customers"
urlpatterns = [
    path("customers", views.customers, name="list"),
    path("customers/<uuid:customer_id>", profile.profile, name="profile"),
    path(
        "customers/<uuid:customer_id>/address-check",
        address_views.check_address,
        name="check_address",
    ),
]
