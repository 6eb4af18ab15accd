"""How often a page has looked again for something that is on its way."""

from django.http import HttpRequest


def looks_of(request: HttpRequest) -> int | None:
    """Return how many times a page has looked, by its query; None if it does not."""
    looked = request.GET.get("looked", "")
    return int(looked) if looked.isascii() and looked.isdigit() and len(looked) < 5 else None
