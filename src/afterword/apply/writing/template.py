"""A survey template as a file has it."""

from collections.abc import Callable
from typing import Any

from afterword.apply.writing.text import given
from afterword.survey_templates.document import ANY, written
from afterword.survey_templates.models import Logo, Template

_TEXTS = ("subject", "preheader", "intro", "question", "lowest_label", "highest_label")
LogoName = Callable[[Logo], str]


def template_as_written(template: Template, logo_name: LogoName) -> dict[str, Any]:
    said = written(template.said)
    return {
        "key": template.key,
        "metric": template.metric,
        "name": template.name,
        **given(
            {
                "logo": logo_name(template.logo) if template.logo else template.logo_url,
                "colour": template.colour,
                "sender_name": template.sender_name,
            }
        ),
        **given(
            {
                **_words(said),
                "questions": [_question(each) for each in said.get("questions", [])],
                "language": said.get("language", ""),
                "scores": said.get("scores", ""),
                "anonymous": said.get("anonymous") or None,
                "languages": {
                    tag: _translation(each) for tag, each in said.get("languages", {}).items()
                },
            }
        ),
    }


def _words(said: dict[str, Any]) -> dict[str, Any]:
    asked = dict(said.get("follow_up", {}))
    return given(
        {
            **{name: said.get(name, "") for name in _TEXTS},
            "comment_prompt": asked.pop(ANY, ""),
            "follow_up": asked,
            "consent": said.get("consent", ""),
            "thanks": _thanks(said.get("thanks", {})),
            "footer": said.get("footer", ""),
        }
    )


def _thanks(said: dict[str, Any]) -> dict[str, Any] | str:
    """One text where that is all there is; else by category a text, or {text, buttons}."""
    short = {
        category: words if words.get("buttons") else words.get("text", "")
        for category, words in said.items()
    }
    only = short.get(ANY)
    return only if len(short) == 1 and isinstance(only, str) else short


def _translation(said: dict[str, Any]) -> dict[str, Any]:
    return {**_words(said), **given({"questions": said.get("questions", {})})}


def _question(said: dict[str, Any]) -> dict[str, Any]:
    when = dict(said.get("when", {}))
    score = given({"min": when.pop("lowest", None), "max": when.pop("highest", None)})
    return {
        **{name: value for name, value in said.items() if name != "when"},
        **given({"when": given({"score": score, **when})}),
    }
