from django.apps import AppConfig


class LongWorkConfig(AppConfig):
    name = "afterword.long_work"
    label = "long_work"
    default_auto_field = "django.db.models.BigAutoField"
