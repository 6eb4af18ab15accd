"""What customers get of an autoresponder, as it is being typed."""

import re
from collections.abc import Mapping

from django.utils.html import escape, format_html

from afterword.followups.autoresponders.form import buttons_of
from afterword.followups.autoresponders.mail import draw, example_of
from afterword.followups.autoresponders.models import Autoresponder
from afterword.followups.autoresponders.write import CannotBeWritten

_BODY = re.compile(r"<body[^>]*>")
_QUIET = "font-family:system-ui,sans-serif;padding:1rem;margin:0;color:#5b6670"


def preview(rule: Autoresponder, typed: Mapping[str, str]) -> str:
    """Return it as HTML; nothing of it is saved."""
    rule.subject, rule.body = typed.get("subject", ""), typed.get("body", "")
    rule.buttons = [button for button in buttons_of(typed.get("buttons_text", "")) if button]
    try:
        drawn = draw(rule, *example_of(rule), "#")
    except CannotBeWritten as fault:
        return format_html("<p style='{}'>{}</p>", _QUIET, fault)
    if typed.get("show") == "text":
        return f"<pre style='white-space:pre-wrap;padding:1rem'>{escape(drawn.text)}</pre>"
    name = typed.get("sender_name") or rule.workspace.name
    head = format_html("<p style='{}'>From {}: <b>{}</b></p>", _QUIET, name, drawn.subject)
    return _BODY.sub(lambda tag: tag[0] + head, drawn.html, count=1)
