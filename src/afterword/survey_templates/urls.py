"""The addresses of templates and of what they show."""

from django.urls import path

from afterword.survey_templates import logos, views
from afterword.survey_templates.editor.brand import brand
from afterword.survey_templates.editor.preview import preview, preview_new

app_name = "templates"
urlpatterns = [
    path("templates", views.templates, name="list"),
    path("templates/new", views.new_template, name="new"),
    path("templates/<uuid:template_id>", views.edit_template, name="edit"),
    path("templates/<uuid:template_id>/trial", views.trial, name="trial"),
    path("templates/new/<str:metric>/preview", preview_new, name="preview_new"),
    path("templates/<uuid:template_id>/preview", preview, name="preview"),
    path("settings/brand", brand, name="brand"),
    path("logos/<uuid:logo_id>", logos.logo, name="logo"),
]
