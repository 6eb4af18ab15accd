from django.apps import AppConfig


class ApplyConfig(AppConfig):
    name = "afterword.apply"
    label = "apply"
    default_auto_field = "django.db.models.BigAutoField"
