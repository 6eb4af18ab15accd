"""Read a logo and a colour from a workspace's file: of a template, or of the brand."""

import re
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from afterword.apply.fields import Fields
from afterword.apply.things import BrandSpec
from afterword.survey_templates import pictures

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_check_web_address = URLValidator(schemes=["http", "https"])
_LONGEST_FOOTER = 1000


def read_brand(top: Fields, folder: Path) -> BrandSpec | None:
    """Return what the file sets of the brand; the rest of it stays."""
    fields = top.child("brand")
    if fields is None:
        return None
    columns = {
        "colour": read_colour(fields),
        "sender_name": fields.text("sender_name", 100, ""),
        "footer": fields.text("footer", _LONGEST_FOOTER, "", lines=True),
    }
    given = {name: value for name, value in columns.items() if fields.has(name)}
    logo, logo_url = read_logo(fields, folder)
    fields.finish()
    return BrandSpec(fields, given, logo, logo_url)


def read_colour(fields: Fields) -> str:
    colour = fields.text("colour", 100, "")
    if colour and not _COLOUR.fullmatch(colour):
        fields.refuse("colour", f'{colour!r} is no colour: write it as "#206bc4", in quotes.')
    return colour


def read_logo(fields: Fields, folder: Path) -> tuple[bytes | None, str]:
    """Return the content of a file, or an address."""
    given = fields.text("logo", 500, "")
    if not given:
        return None, ""
    try:
        if "://" in given:
            _check_web_address(given)
            return None, given
        with (folder / given).open("rb") as file:
            content = file.read(pictures.MOST_BYTES + 1)
        pictures.redraw(content)
    except ValidationError:
        fields.refuse("logo", f"{given} is not an address that begins with https:// or http://.")
    except OSError as error:
        fields.refuse("logo", f"{folder / given} cannot be read: {error.strerror}.")
    except pictures.PictureRefused as refusal:
        fields.refuse("logo", str(refusal))
    else:
        return content, ""
    return None, "refused"
