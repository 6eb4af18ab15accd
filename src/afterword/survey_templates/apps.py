from django.apps import AppConfig


class SurveyTemplatesConfig(AppConfig):
    name = "afterword.survey_templates"
    label = "survey_templates"
    default_auto_field = "django.db.models.BigAutoField"
