"""Checks that a name is one line: it may end up in a mail's header."""

from django.core.validators import RegexValidator

one_line_only = RegexValidator(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]",
    "Write it on one line.",
    code="several_lines",
    inverse_match=True,
)
