"""How often a page has looked again for something that is on its way, and for what it looks."""

from datetime import timedelta

from django.http import HttpRequest

SHOWN = 3
RECENT = timedelta(days=1)
LOOKS = 1_800  # every two seconds, for an hour; then the page has to be opened again


def looks_of(request: HttpRequest) -> int | None:
    """Return how many times a page has looked, by its query; None if it does not."""
    looked = request.GET.get("looked", "")
    return int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 5 else None
