"""The colours of a survey mail, worked out from the one colour of a brand. Pure."""

from dataclasses import dataclass

LIGHT_CARD = "#ffffff"
DARK_CARD = "#1b1d21"
WHITE = "#ffffff"
BLACK = "#101114"

# WCAG 2.2, 1.4.3 and 1.4.11: large text and the edges of controls need 3 to 1. A star has
# its number beneath it, so it may keep a brand's yellow as long as it can be seen at all.
ENOUGH = 3.0
STAR_ENOUGH = 1.6


@dataclass(frozen=True, slots=True)
class Shades:
    """A brand's colour for buttons, their edge and text, stars, and the same for dark mode."""

    accent: str
    edge: str
    on_accent: str
    star: str
    dark_accent: str
    dark_on_accent: str


def shades(colour: str) -> Shades:
    """`colour` is `#rgb` or `#rrggbb`. Buttons have it as it is; what would vanish is shaded."""
    dark_accent = _visible(colour, on=DARK_CARD, towards=WHITE)
    return Shades(
        accent=_mix(colour, colour, 0),
        edge=_visible(colour, on=LIGHT_CARD, towards=BLACK),
        on_accent=_text_on(colour),
        star=_visible(colour, on=LIGHT_CARD, towards=BLACK, enough=STAR_ENOUGH),
        dark_accent=dark_accent,
        dark_on_accent=_text_on(dark_accent),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _visible(colour: str, *, on: str, towards: str, enough: float = ENOUGH) -> str:
    steps = (_mix(colour, towards, step / 10) for step in range(11))
    return next(shade for shade in steps if contrast(shade, on) >= enough)


def _text_on(background: str) -> str:
    """White where it can be read, as brands expect it on their colour; else black."""
    return WHITE if contrast(background, WHITE) >= ENOUGH else BLACK


def _channels(colour: str) -> tuple[int, ...]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return tuple(bytes.fromhex(digits))


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    linear = [_linear(channel / 255) for channel in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _linear(channel: float) -> float:
    if channel <= 0.04045:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
