"""Read a survey template from a workspace's file."""

import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models

from afterword.apply.fields import Fields, read_key
from afterword.apply.things import TemplateSpec
from afterword.core.liquid import problems as liquid_problems
from afterword.survey_templates import logos
from afterword.survey_templates.metrics import SCALES, Metric
from afterword.survey_templates.models import Template

LATER = ("languages",)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_check_web_address = URLValidator(schemes=["http", "https"])


def read_template(fields: Fields, folder: Path) -> TemplateSpec:
    key, metric = read_key(fields), fields.choice("metric", Metric)
    question = SCALES[Metric(metric)].question if metric else "?"
    columns: dict[str, Any] = {
        "name": fields.text("name", 100, key or "?"),
        "colour": _colour(fields),
        "sender_name": fields.text("sender_name", 100, ""),
        "subject": _liquid(fields, "subject"),
        "intro": _liquid(fields, "intro", "", lines=True),
        "question": _liquid(fields, "question", question, lines=True),
        "comment_prompt": _liquid(fields, "comment_prompt", ""),
        "thanks": _liquid(fields, "thanks", "", lines=True),
    }
    logo, logo_url = _logo(fields, folder)
    fields.finish()
    return TemplateSpec(fields, key, metric, columns, logo, logo_url)


def _liquid(fields: Fields, name: str, default: str | None = None, *, lines: bool = False) -> str:
    column = Template._meta.get_field(name)
    assert isinstance(column, models.Field)
    text = fields.text(name, column.max_length or 0, default, lines=lines)
    for problem in liquid_problems(text):
        fields.refuse(name, f"This text {problem}.")
    return text


def _colour(fields: Fields) -> str:
    usual = str(Template._meta.get_field("colour").default)
    colour = fields.text("colour", 100, usual)
    if not _COLOUR.fullmatch(colour):
        fields.refuse("colour", f'{colour!r} is no colour: write it as "#206bc4", in quotes.')
    return colour


def _logo(fields: Fields, folder: Path) -> tuple[bytes | None, str]:
    """Return the content of a file, or an address."""
    given = fields.text("logo", 500, "")
    if not given:
        return None, ""
    try:
        if "://" in given:
            _check_web_address(given)
            return None, given
        with (folder / given).open("rb") as file:
            content = file.read(logos.MOST_BYTES + 1)
        logos.media_type(content)
    except ValidationError:
        fields.refuse("logo", f"{given} is not an address that begins with https:// or http://.")
    except OSError as error:
        fields.refuse("logo", f"{folder / given} cannot be read: {error.strerror}.")
    except logos.LogoRefused as refusal:
        fields.refuse("logo", str(refusal))
    else:
        return content, ""
    return None, "refused"
