import gc

import pytest

from afterword.core.garbage import search_put_off


def test_the_search_goes_on_afterwards_whatever_happens():
    def fail():
        with search_put_off():
            assert not gc.isenabled()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_off():
    gc.disable()
    try:
        with search_put_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
