"""Read where an in-app campaign is shown from a workspace's file."""

from typing import Any

from afterword.apply.fields import Fields
from afterword.campaigns.channels.in_app.form import (
    LONGEST_PAGE,
    LONGEST_WAIT,
    MOST_DAYS,
    MOST_PAGES,
)
from afterword.campaigns.channels.in_app.placement import (
    USUAL,
    Look,
    Placement,
    what_is_wrong_with_page,
    written,
)


def read_in_app(fields: Fields) -> dict[str, Any]:
    """Return the campaign's `in_app` as it is stored; what is left out is as usual."""
    said = fields.child("in_app")
    if said is None:
        return {}
    pages = said.texts("pages", LONGEST_PAGE)
    wrong = next(filter(None, map(what_is_wrong_with_page, pages)), "")
    if len(pages) > MOST_PAGES:
        wrong = f"These are {len(pages)} pages: name at most {MOST_PAGES}."
    if wrong:
        said.refuse("pages", wrong)
    placement = Placement(
        look=said.choice("look", Look, USUAL.look),
        element=said.text("element", 200, ""),
        wait_seconds=said.integer("wait_seconds", 0, LONGEST_WAIT) or 0,
        pages=tuple(pages),
        expires_days=said.integer("expires_days", 1, MOST_DAYS) or USUAL.expires_days,
        again_days=said.integer("again_days", 1, MOST_DAYS),
    )
    if placement.look == Look.INLINE and not placement.element:
        said.refuse("element", 'Name the element that it stands in, such as "#survey".')
    said.finish()
    return written(placement)
