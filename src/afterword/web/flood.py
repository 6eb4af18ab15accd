"""Limits on what may come through a public door within a minute, counted in each process."""

from django.core.cache import cache
from django.http import HttpRequest

A_MINUTE = 60


def is_flooded(request: HttpRequest, door: str, most: int) -> bool:
    """Count a call of this network address; return whether there were more than `most`."""
    return is_above(f"{door}:{request.META.get('REMOTE_ADDR', '')}", most)


def is_above(key: str, most: int) -> bool:
    """Count one more of whatever `key` names; return whether there were more than `most`."""
    cache.add(key, 0, A_MINUTE)
    try:
        return cache.incr(key) > most
    except ValueError:  # the minute ended between the two, or others took its place
        return False
