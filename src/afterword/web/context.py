"""What every page's shell shows."""

from django.http import HttpRequest

from afterword import __version__


def shell(request: HttpRequest) -> dict[str, object]:
    return {"version": __version__}
