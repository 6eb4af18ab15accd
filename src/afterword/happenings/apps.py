from django.apps import AppConfig


class HappeningsConfig(AppConfig):
    name = "afterword.happenings"
    label = "happenings"
    default_auto_field = "django.db.models.BigAutoField"
