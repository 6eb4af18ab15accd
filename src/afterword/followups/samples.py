"""What texts are tried on before they are saved: examples of all that their rule follows."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from afterword.core.liquid import Text, TextRefused
from afterword.followups.events import BUCKETS, OTHERS, Event, Wanted
from afterword.followups.values import FIELDS, SAMPLE
from afterword.happenings.models import HappeningKind
from afterword.survey_templates.metrics import SCALES, Metric, Scale

# Where the metric is not known. Not every one has the score 0, which some sums cannot take.
_ANY_SCORE = range(1, 11)
SECONDS = 1
_COMMENT = str(SAMPLE["comment"])


@dataclass(frozen=True, slots=True)
class Sample:
    """An example of what happened. `words` end a sentence about a text that fails on it."""

    words: str
    values: Mapping[str, object]
    comment_words: str = ""  # for texts that read it

    def words_for(self, text: Text) -> str:
        return f"{self.words}{self.comment_words if 'comment' in text.names else ''}"


def samples_of(wanted: Wanted, scale: Scale | None) -> list[Sample]:
    """Return them for what is followed; `scale` is the campaign's, None for those of all."""
    found = [Sample("where a survey bounced", _BOUNCED)] if Event.BOUNCED in wanted.events else []
    if Event.UNSUBSCRIBED in wanted.events:
        found.append(Sample("where a customer unsubscribed", _UNSUBSCRIBED))
    answers = {
        (score, comment): None
        for event in sorted(wanted.events - set(OTHERS))
        for score in _scores(Event(event), wanted, scale)
        for comment in _comments(Event(event))
    }
    return found + [_answer(score, comment, scale) for score, comment in sorted(answers)]


def _scores(event: Event, wanted: Wanted, scale: Scale | None) -> Iterable[int]:
    scores = scale.scores if scale else _ANY_SCORE
    if event is Event.SCORE_RANGE:
        low = scores[0] if wanted.lowest is None else wanted.lowest
        high = scores[-1] if wanted.highest is None else wanted.highest
        return (score for score in scores if low <= score <= high)
    if scale and event in BUCKETS:
        return (score for score in scores if scale.bucket(score) is BUCKETS[event])
    return scores


def _comments(event: Event) -> tuple[str, ...]:
    if event is Event.WITHOUT_COMMENT:
        return ("",)
    return (_COMMENT,) if event is Event.WITH_COMMENT else (_COMMENT, "")


def _answer(score: int, comment: str, scale: Scale | None) -> Sample:
    metric = next((metric for metric in Metric if SCALES[metric] is scale), Metric.NPS)
    values = {
        **_ANYTHING,
        "event": HappeningKind.FEEDBACK_NEW.value,
        "metric": metric.value,
        "score": score,
        "rating_category": SCALES[metric].bucket_label(score),
        "comment": comment,
        "answers": {},
        "channel": "email",
        "response_id": _KEY,
        "survey_id": _KEY,
    }
    comment_words = " with a comment" if comment else " without a comment"
    return Sample(f"at a score of {score}", values, comment_words)


_KEY = "01920000-0000-7000-8000-000000000000"
_OF_ANSWERS = ("comment", "answers", "channel")
_ANYTHING: dict[str, object] = {
    **dict.fromkeys(FIELDS),
    **{name: value for name, value in SAMPLE.items() if name not in _OF_ANSWERS},
    "id": _KEY,
    "created_date": "2026-01-31T12:00:00.000Z",
    "workspace_name": "Example",
    "campaign_id": _KEY,
    "campaign_name": "An example",
    "customer_id": _KEY,
}
_UNSUBSCRIBED = {**_ANYTHING, "event": HappeningKind.CUSTOMER_UNSUBSCRIBED.value}
_BOUNCED = {
    **_ANYTHING,
    "event": HappeningKind.SURVEY_BOUNCED.value,
    "survey_id": _KEY,
    "metric": Metric.NPS.value,
    "channel": "email",
    "bounce": "hard",
}


def enough() -> float:
    """Return the moment, by `time.monotonic`, at which whoever saves has waited for long enough."""
    return time.monotonic() + SECONDS


def fault_in(
    text: Text, samples: Sequence[Sample], fill: Callable[[Text, Sample], object], until: float
) -> str | None:
    """Return how a text fails as `fill` fills it in, which raises TextRefused; None where it works.

    A sample that differs from another in nothing that the text reads is not tried, and none is
    after `until`: a text may be made of loops.
    """
    distinct = {
        repr([sample.values.get(name) for name in sorted(text.names)]): sample
        for sample in reversed(samples)
    }
    faults: list[tuple[str, str]] = []
    for sample in reversed(distinct.values()):
        if time.monotonic() > until:
            break
        try:
            fill(text, sample)
        except TextRefused as refusal:
            faults.append((str(refusal), sample.words_for(text)))
    if not faults:
        return None
    fault, words = faults[0]
    return fault if len(faults) == len(distinct) else f"{fault}, {words}"
