"""Templates to begin with: some for each metric, with words that could be sent as they are."""

from typing import NamedTuple

from afterword.survey_templates.document import (
    ANY,
    Document,
    Question,
    QuestionType,
    Thanks,
    When,
    written,
)
from afterword.survey_templates.metrics import SCALES, Bucket, Metric
from afterword.survey_templates.models import Template
from afterword.workspaces.models import Workspace

HELLO = "Hello {{ first_name | default: 'there' }},\n\n"
THANKS = "Thank you. We read every answer."
SORRY = "Thank you for telling us. We will look into it."


class Start(NamedTuple):
    """A template to begin with; `use` says what it is good for."""

    key: str
    metric: Metric
    name: str
    use: str
    document: Document


def starts_for(metric: Metric) -> list[Start]:
    return [start for start in STARTS if start.metric is metric]


def fresh_template(workspace: Workspace, metric: Metric, key: str = "") -> Template:
    """A template that could be sent as it is, but for the logo: the start called so, or plain."""
    start = next((one for one in starts_for(metric) if one.key == key), None)
    return Template(
        workspace=workspace,
        metric=metric,
        name=start.name if start else f"{SCALES[metric].label} survey",
        document=written(start.document if start else _plain(metric)),
    )


def _plain(metric: Metric) -> Document:
    return Document(
        subject="How did we do?",
        intro=f"{HELLO}you know best how we did. One click is enough.",
        question=SCALES[metric].question,
        follow_up={ANY: "What is the main reason for your answer?"},
        thanks={ANY: Thanks(text=THANKS)},
    )


def _two_ways(good: str, bad: str) -> dict[str, str]:
    """What to ask next: of promoters, and of detractors; of the others something open."""
    return {ANY: "What could we do better?", Bucket.PROMOTER: good, Bucket.DETRACTOR: bad}


_THANKS = {ANY: Thanks(text=THANKS), Bucket.DETRACTOR: Thanks(text=SORRY)}
STARTS = (
    Start(
        "order",
        Metric.NPS,
        "After an order",
        "Some days after a purchase, when it has arrived.",
        Document(
            subject="How was your order, {{ first_name | default: 'there' }}?",
            preheader="One click is enough.",
            intro=f"{HELLO}thank you for your order. May we ask you one question?",
            question="How likely are you to recommend us to a friend?",
            follow_up=_two_ways("What did you like most?", "What went wrong?"),
            thanks=_THANKS,
        ),
    ),
    Start(
        "relationship",
        Metric.NPS,
        "Every quarter",
        "A regular campaign: how customers feel about you as a whole.",
        Document(
            subject="Would you recommend us?",
            intro=f"{HELLO}we would like to know how we are doing for you. It takes ten seconds.",
            question="How likely are you to recommend us to a colleague?",
            follow_up=_two_ways(
                "What do you value most about working with us?",
                "What would have to change for a better score?",
            ),
            thanks=_THANKS,
        ),
    ),
    Start(
        "onboarding",
        Metric.NPS,
        "After the first weeks",
        "Two or three weeks after somebody began.",
        Document(
            subject="Your first weeks with us",
            intro=f"{HELLO}you have been with us for a little while now. How was the start?",
            question="After your first weeks: how likely are you to recommend us?",
            follow_up=_two_ways("What helped you most?", "Where did you get stuck?"),
            questions=(
                Question(
                    key="found-us",
                    type=QuestionType.CHOICE,
                    text="How did you find us?",
                    choices=("A friend or colleague", "A search", "An advertisement", "Elsewhere"),
                ),
            ),
            thanks=_THANKS,
        ),
    ),
    Start(
        "support",
        Metric.CSAT,
        "After a support case",
        "When a ticket or a call is closed.",
        Document(
            subject="Did we solve it?",
            intro=f"{HELLO}your support case is closed. How did we do?",
            question="How satisfied are you with the help you got?",
            follow_up=_two_ways("What did we do well?", "What is still unsolved?"),
            thanks=_THANKS,
        ),
    ),
    Start(
        "delivery",
        Metric.CSAT,
        "After a delivery",
        "On the day after a parcel arrived.",
        Document(
            subject="Has everything arrived?",
            intro=f"{HELLO}your parcel should be with you by now.",
            question="How satisfied are you with the delivery?",
            follow_up=_two_ways("What went well?", "What went wrong?"),
            questions=(
                Question(
                    key="wrong",
                    type=QuestionType.CHOICES,
                    text="What was it?",
                    choices=("Late", "Damaged", "Something missing", "Something else"),
                    when=When(highest=2),
                ),
            ),
            thanks=_THANKS,
        ),
    ),
    Start(
        "effort",
        Metric.CES,
        "After getting something done",
        "After a checkout, a sign-up or a request.",
        Document(
            subject="Was that easy?",
            intro=f"{HELLO}you have just got something done with us.",
            question="We made it easy for you to get this done. Do you agree?",
            follow_up=_two_ways("What made it easy?", "What made it hard?"),
            thanks=_THANKS,
        ),
    ),
    Start(
        "feature",
        Metric.CES,
        "After a new feature",
        "After somebody used something new for the first time.",
        Document(
            subject="How was it to use?",
            intro=f"{HELLO}you tried something new lately. We would like to hear how it went.",
            question="It was easy to find out how it works. Do you agree?",
            follow_up=_two_ways("What helped you?", "Where did you get stuck?"),
            thanks=_THANKS,
        ),
    ),
    Start(
        "product",
        Metric.STAR,
        "A product",
        "Some weeks after a purchase, when it has been used.",
        Document(
            subject="How do you like it?",
            intro=f"{HELLO}you have had some time with what you bought.",
            question="How many stars would you give it?",
            follow_up=_two_ways("What do you like about it?", "What do you miss?"),
            thanks=_THANKS,
        ),
    ),
    Start(
        "visit",
        Metric.STAR,
        "A visit",
        "After an appointment, a stay or a meal.",
        Document(
            subject="How was your visit?",
            intro=f"{HELLO}thank you for coming by.",
            question="How would you rate your visit?",
            follow_up=_two_ways("What did you enjoy?", "What should we do better?"),
            questions=(
                Question(key="people", type=QuestionType.RATING, text="How friendly were we?"),
            ),
            thanks=_THANKS,
        ),
    ),
)
