"""A limit on what one address of the network may do at a public door, counted in this process."""

from django.core.cache import cache
from django.http import HttpRequest

A_MINUTE = 60


def is_flooded(request: HttpRequest, door: str, most: int) -> bool:
    """Count one more call at `door`; return whether there were more than `most` in a minute."""
    key = f"{door}:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, A_MINUTE)
    return cache.incr(key) > most
