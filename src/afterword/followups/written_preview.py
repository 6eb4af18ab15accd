"""A mail to customers as it is being typed."""

import re
from collections.abc import Callable, Mapping

from django.utils.html import escape, format_html

from afterword.followups.autoresponders.write import CannotBeWritten
from afterword.followups.written import Written
from afterword.followups.written_form import buttons_of
from afterword.followups.written_mail import Manner, Values, draw

_BODY = re.compile(r"<body[^>]*>")
_QUIET = "font-family:system-ui,sans-serif;padding:1rem;margin:0;color:#5b6670"


def preview_of(
    written: Written,
    company: str,
    manner: Manner,
    typed: Mapping[str, str],
    example: Callable[[], tuple[Values, Values]],
) -> str:
    """Return it as HTML, for an example of a person and of their answer; nothing is saved."""
    written.subject, written.body = typed.get("subject", ""), typed.get("body", "")
    written.buttons = [button for button in buttons_of(typed.get("buttons_text", "")) if button]
    try:
        drawn = draw(written, company, manner, *example(), unsubscribe="#")
    except CannotBeWritten as fault:
        return format_html("<p style='{}'>{}</p>", _QUIET, fault)
    if typed.get("show") == "text":
        return f"<pre style='white-space:pre-wrap;padding:1rem'>{escape(drawn.text)}</pre>"
    name = typed.get("sender_name") or company
    head = format_html("<p style='{}'>From {}: <b>{}</b></p>", _QUIET, name, drawn.subject)
    return _BODY.sub(lambda tag: tag[0] + head, drawn.html, count=1)
