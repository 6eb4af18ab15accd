"""Which language a customer would like to be spoken to in. Pure."""

from collections.abc import Iterator, Mapping

from afterword.customers.loosely import values_of

OWN = ("language", "locale")  # the properties that say it, in capitals too
# What people write for a language, by its code: its name in English, and in itself.
_WRITTEN = {
    "ar": "arabic العربية", "bg": "bulgarian български", "cs": "czech čeština",
    "da": "danish dansk", "de": "german deutsch", "el": "greek ελληνικά", "en": "english",
    "es": "spanish español", "et": "estonian eesti", "fi": "finnish suomi",
    "fr": "french français", "he": "hebrew עברית", "hr": "croatian hrvatski",
    "hu": "hungarian magyar", "it": "italian italiano", "ja": "japanese 日本語",
    "ko": "korean 한국어", "lt": "lithuanian lietuvių", "lv": "latvian latviešu",
    "nb": "norwegian norsk", "nl": "dutch nederlands", "pl": "polish polski",
    "pt": "portuguese português", "ro": "romanian română", "ru": "russian русский",
    "sk": "slovak slovenčina", "sl": "slovenian slovenščina", "sv": "swedish svenska",
    "tr": "turkish türkçe", "uk": "ukrainian українська", "zh": "chinese 中文",
}  # fmt: skip
NAMES = {name: code for code, names in _WRITTEN.items() for name in names.split()}


def wanted_language(properties: Mapping[str, object]) -> str:
    """Return a tag such as `de` or `pt_BR`, as it was said; "" where nothing is."""
    return next(said_languages(properties), "")


def said_languages(properties: Mapping[str, object]) -> Iterator[str]:
    """The languages that a customer's properties say, as tags where they are names."""
    for said in values_of(properties, OWN):
        yield NAMES.get(said.strip().casefold(), said)
