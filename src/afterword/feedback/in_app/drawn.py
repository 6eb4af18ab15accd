"""A survey as the script draws it: everything that it says, and nothing of its person."""

import json
from typing import Any

from afterword.campaigns.channels.in_app.placement import read_placement
from afterword.core.ids import new_id
from afterword.feedback.answering.further import Asked
from afterword.feedback.answering.page import SurveyPage, brand_of, said_to_anyone
from afterword.survey_templates.wording.words import is_leftward
from afterword.surveys.models import Invitation


def drawn(offer: Invitation, handed_out: str) -> dict[str, Any]:
    """Return what JSON takes; texts are plain text."""
    page = SurveyPage(offer, new_id())
    placement = read_placement(offer.survey.campaign.in_app)
    colours = brand_of(offer.asks.looks).colours
    return {
        "id": handed_out,
        "look": placement.look,
        "element": placement.element,
        "wait": placement.wait_seconds,
        "pages": list(placement.pages),
        "language": page.said.language,
        "direction": "rtl" if is_leftward(page.said.language) else "ltr",
        "colours": {
            "accent": colours.accent,
            "edge": colours.edge,
            "on-accent": colours.on_accent,
            "star": colours.star,
            "dark-accent": colours.dark_accent,
            "dark-on-accent": colours.dark_on_accent,
        },
        "as": page.look,
        "question": page.question,
        "scores": [
            {"value": one.value, "meaning": one.meaning, "mark": one.mark} for one in page.choices
        ],
        "ends": [page.lowest_label, page.highest_label],
        "prompts": {score: _prompt(offer, page, score) for score in page.scale.scores},
        "limit": page.limit,
        "further": [_further(each) for each in page.further],
        "consent": page.consent,
        "anonymous": page.words.anonymous if page.is_anonymous else "",
        "thanks": {score: _thanks(offer, page, score) for score in page.scale.scores},
        "words": {
            "optional": page.words.optional,
            "send": page.words.send,
            "close": page.words.close,
            "failed": page.words.failed,
        },
    }


def _prompt(offer: Invitation, page: SurveyPage, score: int) -> str:
    bucket = page.scale.bucket(score)
    return said_to_anyone(offer.said.follow_up_for(bucket)) or page.words.reason


def _further(asked: Asked) -> dict[str, Any]:
    return {
        "name": asked.name,
        "type": asked.type,
        "text": asked.question.text,
        "required": asked.question.required,
        "options": [{"value": one.value, "label": one.label} for one in asked.options],
        "when": json.loads(asked.when) if asked.when else None,
    }


def _thanks(offer: Invitation, page: SurveyPage, score: int) -> dict[str, Any]:
    said = offer.said.thanks_for(page.scale.bucket(score))
    return {
        "text": said_to_anyone(said.text) or page.words.thanks,
        "buttons": [{"label": one.label, "url": one.url} for one in said.buttons],
    }
