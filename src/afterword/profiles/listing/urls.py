"""The addresses of the list of customers."""

from django.urls import path

from afterword.profiles.listing import everybody, saved, views

app_name = "customers"
urlpatterns = [
    path("customers", views.customers, name="list"),
    path("customers/count", views.count, name="count"),
    path("customers/export.csv", everybody.export, name="export"),
    path("customers/columns", views.columns, name="columns"),
    path("customers/views/new", saved.new_view, name="new_view"),
    path("customers/views/undo", saved.put_back, name="view_undo"),
    path("customers/views/<int:view_id>/name", saved.rename_view, name="view_name"),
    path("customers/views/<int:view_id>/update", saved.update_view, name="view_update"),
    path("customers/views/<int:view_id>/deletion", saved.delete_view, name="view_deletion"),
]
