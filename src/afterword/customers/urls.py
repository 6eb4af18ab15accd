"""The addresses of customers."""

from django.urls import path

from afterword.customers import views

app_name = "customers"
urlpatterns = [
    path("customers", views.customers, name="list"),
    path("customers/export.csv", views.export, name="export"),
]
