from django.apps import AppConfig


class SuppressionsConfig(AppConfig):
    name = "afterword.suppressions"
    label = "suppressions"
    default_auto_field = "django.db.models.BigAutoField"
