"""The addresses of Props & Tags."""

from django.urls import path

from afterword.customers import property_views as views
from afterword.customers import tag_views
from afterword.customers.converting import views as converting

app_name = "properties"
urlpatterns = [
    path("settings/properties", views.properties, name="list"),
    path("settings/properties/<int:property_id>", views.edit_property, name="edit"),
    path("settings/properties/<int:property_id>/deletion", views.delete_property, name="delete"),
    path("settings/properties/<int:property_id>/type", converting.change_type, name="type"),
    path("settings/properties/<int:property_id>/unfit.csv", converting.unfit, name="unfit"),
    path("settings/tags", tag_views.make, name="make_tag"),
    path("settings/tags/<int:tag_id>", tag_views.rename_tag, name="rename_tag"),
    path("settings/tags/<int:tag_id>/deletion", tag_views.delete_tag, name="delete_tag"),
]
