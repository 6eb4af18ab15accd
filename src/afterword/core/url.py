"""Reading addresses that people write into settings and forms."""

from urllib.parse import SplitResult, urlsplit


def split_url(text: str, wrong: ValueError) -> SplitResult:
    """Return the parts of an address; raises `wrong` where it is none or has spaces in it."""
    try:
        url = urlsplit(text)
        _ = url.port  # raises when it is no number
    except ValueError:
        raise wrong from None
    if any(character.isspace() for character in text):
        raise wrong
    return url
