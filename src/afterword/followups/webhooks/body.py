"""A webhook's body: a JSON document whose texts are Liquid. Pure.

It is parsed before anything is filled in, so that it stays valid JSON whatever a comment holds. A
text that is nothing but one `{{ field }}` becomes the field itself: a number, a list, null.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from afterword.core.liquid import Text, TextRefused, Work

BODY_LIMIT = 20_000  # characters
_KEPT = 100  # documents that stay parsed, and texts
_ALONE = re.compile(r"\{\{-?\s*([a-zA-Z_]\w*(?:\.\w+)*)\s*-?\}\}")
_UNQUOTED = re.compile(r"[:\[,]\s*\{\{")
# Every field, under the names that receivers of such webhooks know.
_PREFILLED = {
    "event": "event",
    "id": "id",
    "createdDate": "created_date",
    "responseId": "response_id",
    "surveyId": "survey_id",
    "campaignId": "campaign_id",
    "campaignName": "campaign_name",
    "metric": "metric",
    "score": "score",
    "ratingCategory": "rating_category",
    "comment": "comment",
    "answers": "answers",
    "channel": "channel",
    "customerId": "customer_id",
    "email": "email",
    "firstName": "first_name",
    "lastName": "last_name",
    "companyId": "company_id",
    "companyName": "company_name",
    "jobTitle": "job_title",
    "phone": "phone",
    "city": "city",
    "state": "state",
    "country": "country",
    "tags": "tags",
    "properties": "properties",
    "isAtRisk": "is_at_risk",
    "atRiskReason": "at_risk_reason",
    "bounce": "bounce",
    "workspace": "workspace_name",
}
PREFILLED = json.dumps({key: f"{{{{ {name} }}}}" for key, name in _PREFILLED.items()}, indent=2)


class BodyRefused(ValueError):
    """A body that cannot be used; its text is safe to show."""


def check_body(source: str, fields: Collection[str]) -> None:
    """Raise BodyRefused where it is no JSON document, or a text in it is no Liquid."""
    if len(source) > BODY_LIMIT:
        raise BodyRefused(f"It is longer than {BODY_LIMIT:,} characters.")
    for line, said in _placed(source):
        try:
            names = _text(said).names
        except TextRefused as refusal:
            raise BodyRefused(placed_fault(line, said, str(refusal))) from None
        if unknown := sorted(names - set(fields)):
            told = f"Line {line}: There is no field {unknown[0]}"
            raise BodyRefused(f"{told}: use {', '.join(fields)}.")


def liquid_in(source: str) -> Iterator[tuple[int, Text]]:
    """Yield the line and the text of each that is filled in as Liquid; `source` is checked."""
    for line, said in _placed(source):
        text = _text(said)
        if not text.fixed and not _ALONE.fullmatch(said.strip()):
            yield line, text


def placed_fault(line: int, text: str, fault: str) -> str:
    """Say where a fault is; one line of a text needs no number of its own."""
    if "\n" not in text:
        fault = fault.replace(" on line 1:", ":", 1)
    return f"Line {line}: “{text[:60]}” {fault}."


def _placed(source: str) -> Iterator[tuple[int, str]]:
    """Return the texts of a document, each with the first line that it stands on."""
    texts, lines = _texts(_parsed(source)), dict[str, int]()
    reader, at = json.JSONDecoder(), source.find('"')
    while at >= 0:
        said, end = reader.raw_decode(source, at)
        if not source[end:].lstrip().startswith(":"):
            lines.setdefault(said, source.count("\n", 0, at) + 1)
        at = source.find('"', end)
    return ((lines[said], said) for said in texts)


def fill(source: str, values: Mapping[str, object]) -> bytes:
    """Return the document with the values in it. Raise BodyRefused where they break a text."""
    filled = _filled(_parsed(source), values, Work())
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@lru_cache(_KEPT)
def _parsed(source: str) -> object:
    """Return the document, which nobody may change."""
    try:
        found: object = json.loads(source)
    except RecursionError:
        raise BodyRefused("It is nested too deeply.") from None
    except json.JSONDecodeError as fault:
        hint = ""
        if _UNQUOTED.search(source):
            hint = ' Put quotes around each {{ field }}: "{{ score }}" becomes a number by itself.'
        raise BodyRefused(f"It is not JSON: line {fault.lineno}, {fault.msg}.{hint}") from None
    except ValueError:  # Python reads no more digits than some thousands
        raise BodyRefused("A number in it is too long: put it in quotes.") from None
    return found


@lru_cache(_KEPT)
def _text(source: str) -> Text:
    return Text(source)


def _texts(node: object) -> list[str]:
    if isinstance(node, str):
        return [node]
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    return [text for value in node for text in _texts(value)] if isinstance(node, list) else []


def _filled(node: object, values: Mapping[str, object], work: Work) -> object:
    if isinstance(node, dict):
        return {key: _filled(value, values, work) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values, work) for value in node]
    if not isinstance(node, str):
        return node
    if alone := _ALONE.fullmatch(node.strip()):
        return _at(values, alone[1])
    try:
        return _text(node).render({name: v for name, v in values.items() if v is not None}, work)
    except TextRefused as refusal:
        raise BodyRefused(f"The body cannot be filled in: “{node[:60]}” {refusal}.") from None


def _at(values: Mapping[str, object], path: str) -> object:
    found: object = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
