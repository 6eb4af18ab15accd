"""The addresses of the suppression list."""

from django.urls import path

from afterword.customers import suppression_views as views

app_name = "suppressions"
urlpatterns = [
    path("customers/suppressions", views.suppressions, name="list"),
    path("customers/suppressions/new", views.add, name="add"),
    path("customers/suppressions/<uuid:suppression_id>/end", views.end, name="end"),
    path("customers/<uuid:customer_id>/unsubscription", views.unsubscribe, name="unsubscribe"),
]
