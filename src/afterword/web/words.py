"""Says what is wrong with a field in our own words, where Django has stock ones."""

from django import forms
from django.core import validators
from django.db import models

_FIELD = {"required": "This is needed."}
_ONE = {"required": "Choose one.", "invalid_choice": "Choose one of those that are offered."}
_SOME = {"required": "Choose at least one."}
_BY_KIND: dict[type[forms.Field], dict[str, str]] = {
    forms.IntegerField: {"invalid": "Write a whole number."},
    forms.FloatField: {"invalid": "Write a number."},
    forms.ChoiceField: _ONE,
    forms.ModelChoiceField: _ONE,
    forms.MultipleChoiceField: _SOME,
    forms.ModelMultipleChoiceField: _SOME,
    forms.FileField: {
        "required": "Choose a file.",
        "missing": "No file came with the form: choose it again.",
        "empty": "The file is empty.",
    },
}


def speak_our_words() -> None:
    """Replace Django's words; called once, when the applications are ready."""
    forms.Field.default_error_messages |= _FIELD
    for kind, words in _BY_KIND.items():
        kind.default_error_messages = {**kind.default_error_messages, **words}
    validators.MinValueValidator.message = "This is at least %(limit_value)s."
    validators.MaxValueValidator.message = "This is at most %(limit_value)s."
    validators.MaxLengthValidator.message = (
        "At most %(limit_value)s characters fit; these are %(show_value)s."
    )
    validators.EmailValidator.message = "Write an e-mail address, such as ann@example.com."
    validators.URLValidator.message = "Write a web address, such as https://example.com/logo.png."
    validators.ProhibitNullCharactersValidator.message = (
        "It holds a character that nobody can see: write it anew."
    )
    models.Field.default_error_messages = {
        **models.Field.default_error_messages,
        "blank": _FIELD["required"],
        "null": _FIELD["required"],
        "unique": "This is taken already: choose another one.",
    }
