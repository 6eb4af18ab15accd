"""The addresses of the settings page on which properties are defined."""

from django.urls import path

from afterword.customers import property_views as views

app_name = "properties"
urlpatterns = [
    path("settings/properties", views.properties, name="list"),
    path("settings/properties/<int:property_id>/deletion", views.delete_property, name="delete"),
]
