"""What somebody said to the further questions, with the questions as they were asked."""

from typing import NamedTuple

from afterword.feedback.models import Response


class Said(NamedTuple):
    question: str
    answer: str


def further_said(response: Response) -> list[Said]:
    """In the order of the template's version; what it does not know is told by its key."""
    questions = response.version.said.questions if response.version else ()
    texts = {each.key: each.text for each in questions}
    keys = [key for key in texts if key in response.answers]
    keys += [key for key in response.answers if key not in texts]
    return [Said(texts.get(key, key), _written(response.answers[key])) for key in keys]


def _written(answer: object) -> str:
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
