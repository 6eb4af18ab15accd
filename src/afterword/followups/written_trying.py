"""Try what a member wrote before it is saved, on answers and people of all kinds."""

from collections.abc import Sequence
from dataclasses import replace

from afterword.core.liquid import Text, TextRefused
from afterword.followups.autoresponders.write import FIELDS, CannotBeWritten
from afterword.followups.events import Event, Wanted
from afterword.followups.samples import Sample, enough, fault_in, samples_of

# Any answer at all: where it is not known yet whom it is for.
ANY_ANSWER = samples_of(Wanted(frozenset({Event.FEEDBACK})), None)


def try_text(source: str, samples: Sequence[Sample]) -> None:
    """Raise CannotBeWritten where it is no Liquid, or fails on a sample or for a stranger."""
    try:
        text = Text(source)
    except TextRefused as refusal:
        raise CannotBeWritten(f"This {refusal}.") from None
    if fault := fault_in(text, [*samples, *map(_of_a_stranger, samples)], _fill, enough()):
        raise CannotBeWritten(f"This {fault}.")


def _of_a_stranger(sample: Sample) -> Sample:
    known = {name: sample.values[name] for name in ("email", "campaign_name", *_OF_ANSWER)}
    words = f"for somebody of whom only the address is known, {sample.words}"
    return replace(sample, values=known, words=words)


# All that a mail may say of an answer, but the link.
_OF_ANSWER = ("score", "rating_category", "comment")


def _fill(text: Text, sample: Sample) -> None:
    values = {**sample.values, "survey_link": "https://example.com/"}
    text.render({name: values[name] for name in FIELDS if values.get(name) is not None})
