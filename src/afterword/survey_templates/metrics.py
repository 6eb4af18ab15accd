"""The four survey metrics: their scales, their words and their buckets. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Metric(StrEnum):
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    STAR = "5-star"


class ScoreLook(StrEnum):
    """How the scores of a survey look. Each drawn one has its number beside it."""

    NUMBERS = "numbers"
    STARS = "stars"
    FACES = "faces"

    @property
    def label(self) -> str:
        return self.capitalize()


class Bucket(StrEnum):
    """Where a score falls; every metric uses the same three names, as the API does."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


@dataclass(frozen=True, slots=True)
class Scale:
    label: str  # the field's spelling of the metric
    lowest: int
    highest: int
    passive_from: int
    promoter_from: int
    lowest_label: str
    highest_label: str
    bucket_labels: tuple[str, str, str]  # promoter, passive, detractor
    question: str  # what a new template asks
    measures: str  # for whoever chooses among the metrics
    # How its scores may look, first as they do unless a template says otherwise.
    looks: tuple[ScoreLook, ...] = (ScoreLook.NUMBERS,)

    @property
    def scores(self) -> range:
        return range(self.lowest, self.highest + 1)

    def bucket(self, score: int) -> Bucket:
        if score >= self.promoter_from:
            return Bucket.PROMOTER
        return Bucket.PASSIVE if score >= self.passive_from else Bucket.DETRACTOR

    def look(self, chosen: ScoreLook | None) -> ScoreLook:
        return chosen or self.looks[0]

    @property
    def by_bucket(self) -> dict[Bucket, str]:
        """What the metric calls its categories."""
        return dict(zip(Bucket, self.bucket_labels, strict=True))

    def bucket_label(self, score: int) -> str:
        return self.by_bucket[self.bucket(score)]


# NPS by Reichheld (HBR, December 2003); CES 2.0 asks for agreement on seven points;
# CSAT and 5-STAR are the usual five points. Faces are for five: seven cannot be told apart.
SCALES: dict[Metric, Scale] = {
    Metric.NPS: Scale(
        "NPS",
        0,
        10,
        7,
        9,
        "Not at all likely",
        "Extremely likely",
        ("Promoter", "Passive", "Detractor"),
        "How likely are you to recommend us to a friend or colleague?",
        "Loyalty: would they recommend you?",
    ),
    Metric.CSAT: Scale(
        "CSAT",
        1,
        5,
        3,
        4,
        "Very unsatisfied",
        "Very satisfied",
        ("Satisfied", "Neutral", "Unsatisfied"),
        "How satisfied were you with your experience?",
        "Satisfaction with one purchase, call or visit.",
        (ScoreLook.NUMBERS, ScoreLook.FACES, ScoreLook.STARS),
    ),
    Metric.CES: Scale(
        "CES",
        1,
        7,
        4,
        5,
        "Strongly disagree",
        "Strongly agree",
        ("Agree", "Neutral", "Disagree"),
        "We made it easy for you to get this done. Do you agree?",
        "Effort: how easy it was to get something done.",
    ),
    Metric.STAR: Scale(
        "5-STAR",
        1,
        5,
        3,
        4,
        "Very poor",
        "Excellent",
        ("Positive", "Neutral", "Negative"),
        "How would you rate your experience?",
        "An experience or a product, in one to five stars.",
        (ScoreLook.STARS, ScoreLook.FACES, ScoreLook.NUMBERS),
    ),
}

# From the lowest score to the highest, as the reader's own font draws them: those of Unicode 6,
# which all have.
FACES = ("\U0001f620", "\U0001f61e", "\U0001f610", "\U0001f60a", "\U0001f603")
STAR = "\u2605"

METRIC_CHOICES = [(metric.value, SCALES[metric].label) for metric in Metric]


def drawn_score(look: ScoreLook, score: int) -> str:
    """Return the sign of a score; nothing where its number is all."""
    if look is ScoreLook.STARS:
        return STAR
    return FACES[score - 1] if look is ScoreLook.FACES else ""
