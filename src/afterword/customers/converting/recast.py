"""A stored value as another type has it. Pure."""

from afterword.customers.values import Problem, PropertyType, Value, convert, written


def recast(value: Value, kind: PropertyType) -> Value | Problem | None:
    """Return what `convert` makes of it; None or a Problem where nothing of it fits.

    What was a list is read as its words between commas, and what was true as 1.
    """
    if isinstance(value, list) and kind != PropertyType.COLLECTION:
        return convert(written(value), kind)
    if isinstance(value, bool) and kind == PropertyType.NUMBER:
        return int(value)
    return convert(value, kind)
