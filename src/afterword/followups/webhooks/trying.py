"""Try a webhook's body before it is saved, so that what can never be told is not stored."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from afterword.core.liquid import Text, TextRefused, Work
from afterword.followups.samples import Sample, enough, fault_in
from afterword.followups.webhooks.body import BodyRefused, liquid_in, placed_fault


def try_body(source: str, samples: Sequence[Sample]) -> None:
    """Raise BodyRefused where a text fails on a sample, whoever the customer is.

    `source` has passed `check_body`.
    """
    until = enough()
    fill = partial(_fill, defaultdict(Work))
    for line, text in liquid_in(source):
        if fault := fault_in(text, samples, fill, until):
            raise BodyRefused(placed_fault(line, text.source, fault))


def _fill(works: dict[tuple[int, int], Work], text: Text, sample: Sample) -> None:
    """Raise TextRefused where it fails for all kinds of customers.

    `works` are what the texts of one body share, by sample and kind of customer.
    """
    refusals: list[TextRefused] = []
    for kind, values in enumerate(_as_customers(sample.values)):
        known = {name: value for name, value in values.items() if value is not None}
        try:
            text.render(known, works[id(sample), kind])
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
