"""The addresses of the suppression list."""

from django.urls import path

from afterword.suppressions import address_views, unsubscription, views

app_name = "suppressions"
urlpatterns = [
    path("customers/suppressions", views.suppressions, name="list"),
    path("customers/suppressions/new", views.add, name="add"),
    path("customers/suppressions/<uuid:suppression_id>/end", views.end, name="end"),
    path(
        "customers/<uuid:customer_id>/address-check",
        address_views.check_address,
        name="check_address",
    ),
    path(
        "customers/<uuid:customer_id>/unsubscription",
        unsubscription.unsubscribe,
        name="unsubscribe",
    ),
    path(
        "customers/<uuid:customer_id>/unsubscription/undo",
        unsubscription.take_back,
        name="unsubscribe_undo",
    ),
]
