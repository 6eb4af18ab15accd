import pytest

from afterword.customers.language import wanted_language


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({"language": "pt_BR", "locale": "de"}, "pt_BR"),
        ({"language": "", "locale": "de"}, "de"),
        ({"Locale": "de"}, "de"),  # as an import of a column "Locale" names it
        ({"Language": "fr", "language": "de"}, "de"),
        ({"language": "German"}, "de"),
        ({"language": " Čeština "}, "cs"),
        ({"language": "Klingon"}, "Klingon"),
        ({}, ""),
    ],
)
def test_a_property_says_which_language_somebody_would_like(properties, wanted):
    assert wanted_language(properties) == wanted
