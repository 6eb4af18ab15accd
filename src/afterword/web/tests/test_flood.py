from django.core.cache import cache

from afterword.web import flood
from afterword.web.flood import is_above


def test_a_door_takes_so_many_within_a_minute():
    assert [is_above("tests:door", 2) for _ in range(4)] == [False, False, True, True]
    assert not is_above("tests:other", 2)


def test_a_minute_that_ends_while_one_is_counted_keeps_nobody_out(monkeypatch):
    monkeypatch.setattr(flood, "A_MINUTE", 0)  # gone as soon as it is there

    assert not is_above("tests:short", 0)
    assert cache.get("tests:short") is None
