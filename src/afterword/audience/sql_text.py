"""An SQL expression with its parameters, composed of others. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    params: tuple[object, ...] = ()


def sql(template: str, *parts: object) -> Sql:
    """Put the parts in the places of `{}`, in their order; what is no Sql becomes a parameter."""
    pieces = template.split("{}")
    assert len(pieces) == len(parts) + 1, template
    text = pieces[0]
    params: list[object] = []
    for part, piece in zip(parts, pieces[1:], strict=True):
        if isinstance(part, Sql):
            text += part.text
            params += part.params
        else:
            text += "%s"
            params.append(part)
        text += piece
    return Sql(text, tuple(params))


def joined(parts: list[Sql], word: str) -> Sql:
    """Return several conditions as one, joined by AND or OR."""
    return Sql(
        "(" + f" {word} ".join(part.text for part in parts) + ")",
        tuple(param for part in parts for param in part.params),
    )
