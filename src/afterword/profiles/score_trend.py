"""The last scores that a customer gave, as a drawn line. Pure but for the rows it reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from afterword.feedback.models import Response

MOST = 5
WIDTH, HEIGHT, EDGE = 160, 40, 6  # of the picture
SIDE = 14  # half of what a score takes that stands below its dot


@dataclass(frozen=True, slots=True)
class Dot:
    response: Response
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Trend:
    dots: Sequence[Dot]  # the oldest first
    box: str = f"0 0 {WIDTH} {HEIGHT}"

    @property
    def line(self) -> str:
        """The points of a polyline."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)

    @property
    def in_words(self) -> str:
        said = [f"{dot.response.scale.label} {dot.response.score}" for dot in self.dots]
        return f"The last {len(said)} scores, the oldest first: {', '.join(said)}"


def trend_of(responses: Sequence[Response]) -> Trend:
    """Draw the last scores; each within its own metric's scale, the best on top.

    `responses` are those that count, the newest first.
    """
    shown = responses[:MOST][::-1]
    step = (WIDTH - 2 * SIDE) / max(len(shown) - 1, 1)
    return Trend([_dot(one, round(SIDE + place * step)) for place, one in enumerate(shown)])


def _dot(response: Response, x: int) -> Dot:
    scale = response.scale
    share = (response.score - scale.lowest) / (scale.highest - scale.lowest)
    return Dot(response, x, round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)))
