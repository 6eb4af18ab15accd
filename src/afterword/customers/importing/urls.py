"""The addresses of imports."""

from django.urls import path

from afterword.customers.importing import views

app_name = "importing"
urlpatterns = [
    path("customers/import", views.new, name="new"),
    path("customers/import/<uuid:import_id>", views.mapping, name="mapping"),
    path("customers/import/<uuid:import_id>/preview", views.look_at, name="preview"),
    path("customers/import/<uuid:import_id>/reading", views.reading, name="reading"),
    path("customers/import/<uuid:import_id>/refused.csv", views.refused, name="refused"),
]
