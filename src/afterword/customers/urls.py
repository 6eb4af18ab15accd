"""The addresses of customers."""

from django.urls import path

from afterword.customers import profile, views

app_name = "customers"
urlpatterns = [
    path("customers", views.customers, name="list"),
    path("customers/<uuid:customer_id>", profile.profile, name="profile"),
]
