import pytest

from afterword.core.sealed import Unreadable, seal, unseal


def test_a_sealed_secret_comes_back_and_does_not_show():
    sealed = seal("pass word ü")

    assert "pass" not in sealed
    assert unseal(sealed) == "pass word ü"
    assert seal("pass word ü") != sealed


def test_under_another_key_it_is_refused_with_what_to_do(settings):
    sealed = seal("secret")
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-this"

    with pytest.raises(Unreadable, match="AFTERWORD_SECRET_KEY"):
        unseal(sealed)
