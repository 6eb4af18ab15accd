"""Read secrets from a workspace's file: as they are, or better from a file that holds them."""

from pathlib import Path

from afterword.apply.fields import Fields

_MOST_BYTES = 100_000


def read_secret(fields: Fields, name: str, limit: int, folder: Path) -> str:
    """Return a text, or the content of `{file: …}`, beside the workspace's file; "" for none."""
    if not fields.is_mapping(name):
        return fields.text(name, limit, "")
    of = fields.child(name)
    assert of
    given = of.text("file", 500)
    of.finish()
    if not given:
        return ""
    try:
        with (folder / given).open("rb") as file:
            found = file.read(_MOST_BYTES).decode().strip()
    except OSError as error:
        fields.refuse(name, f"{folder / given} cannot be read: {error.strerror}.")
        return ""
    except UnicodeDecodeError:
        fields.refuse(name, f"{folder / given} is no text in UTF-8.")
        return ""
    if not found or len(found) > limit or not found.isprintable():
        fields.refuse(name, f"{folder / given} does not hold one line of at most {limit} letters.")
        return ""
    return found
