from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "afterword.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from afterword.web.words import speak_our_words

        speak_our_words()
