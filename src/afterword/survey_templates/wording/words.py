"""The words of each language; the texts are in `languages/`. Pure.

Plain and polite, as a company speaks to strangers. What is in braces is filled in.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from afterword.survey_templates.metrics import Metric

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_LABELS = {Metric.NPS: "nps", Metric.CSAT: "csat", Metric.CES: "ces", Metric.STAR: "star"}


class Words(NamedTuple):
    """What a survey says beside its template's own texts, in one language."""

    score_title: str
    choose: str
    reply: str
    footer: str
    answered: str
    preheader: str
    unsubscribe: str
    view: str
    optional: str
    send: str
    noted: str
    stands: str
    reason: str
    thanks: str
    chose: str
    change: str
    for_a_day: str
    anonymous: str
    nameless: str
    change_title: str
    change_to: str
    keep: str
    closed_title: str
    closed: str
    ended_title: str
    ended: str
    answer_too: str
    choose_score: str
    nps_lowest: str
    nps_highest: str
    csat_lowest: str
    csat_highest: str
    ces_lowest: str
    ces_highest: str
    star_lowest: str
    star_highest: str
    close: str
    failed: str
    may_we_ask: str
    hello: str
    you_answer_as: str
    who: str
    address: str
    first_name: str
    go_on: str
    no_address: str
    too_many: str
    lately_title: str
    lately: str
    link_ended: str
    comment_too_long: str
    answer_too_long: str
    open_too_long: str
    press_again: str
    a_moment: str
    incomplete: str
    nothing_title: str
    nothing: str

    def labels(self, metric: Metric) -> tuple[str, str]:
        """Return what the lowest and the highest score of a metric mean."""
        name = _LABELS[metric]
        return getattr(self, f"{name}_lowest"), getattr(self, f"{name}_highest")


# By the language's code. A file without one of the words, or with one too many, stops the start.
WORDS: Mapping[str, Words] = {
    file.stem: Words(**tomllib.loads(file.read_text(encoding="utf-8")))
    for file in sorted((Path(__file__).parent / "languages").glob("*.toml"))
}


def words_for(language: str) -> Words:
    """Return the words of a language, a tag such as `en-GB`; English where there are none yet."""
    return WORDS.get(language.partition("-")[0].lower(), WORDS["en"])


def is_leftward(language: str) -> bool:
    return language.partition("-")[0].lower() in RIGHT_TO_LEFT
