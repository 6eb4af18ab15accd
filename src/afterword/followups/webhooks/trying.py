"""Try a webhook's body before it is saved, so that what can never be told is not stored."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from afterword.core.liquid import Text, TextRefused
from afterword.followups.samples import Sample, enough, fault_in
from afterword.followups.webhooks.body import BodyRefused, liquid_in


def try_body(source: str, samples: Sequence[Sample]) -> None:
    """Raise BodyRefused where a text fails on a sample, whoever the customer is.

    `source` has passed `check_body`.
    """
    until = enough()
    for line, text in liquid_in(source):
        if fault := fault_in(text, samples, _fill, until):
            raise BodyRefused(f"Line {line}: “{text.source[:60]}” {fault}.")


def _fill(text: Text, sample: Sample) -> None:
    """Raise TextRefused where it fails for all kinds of customers."""
    refusals: list[TextRefused] = []
    for values in _as_customers(sample.values):
        try:
            text.render({name: value for name, value in values.items() if value is not None})
        except TextRefused as refusal:
            refusals.append(refusal)
        else:
            return
    raise refusals[0]


def _all(value: object) -> Mapping[str, object]:
    """Return properties, or answers to further questions, all of which are `value`."""
    return defaultdict(lambda: value)


# Nobody knows which properties customers have: what works for one of these works for somebody.
_CUSTOMERS: tuple[tuple[list[str], Mapping[str, object]], ...] = (
    (["example"], {}),
    (["one", "two"], _all(7)),
    ([], _all("2026-01-31")),
)


def _as_customers(values: Mapping[str, object]) -> Iterator[dict[str, object]]:
    for tags, said in _CUSTOMERS:
        answers = None if values["answers"] is None else said
        yield {**values, "tags": tags, "properties": said, "answers": answers}
