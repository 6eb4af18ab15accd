"""What strangers write is read in a time like its length, not like its square."""

import time
from collections.abc import Callable

import pytest
from django.http import QueryDict

from afterword.campaigns.editor.audience_rows import rows_given
from afterword.core.dns import Answer, Kind
from afterword.core.text import without_addresses
from afterword.customers.values import PropertyType
from afterword.events.masking import masked
from afterword.mail.senders.records import judge_dkim

LONG = 100_000  # characters
PATIENCE = 0.5  # seconds of the processor, of which the square took from two to thirty
BLANKS = " " * LONG


def a_pair(value: str) -> object:
    """Read an audience's row of two ends, as its form sends it."""
    given = QueryDict(mutable=True)
    given.update({"field": "orders", "operator": "between", "value": value, "group": ""})
    return rows_given(given, {"orders": PropertyType.NUMBER}).definitions


def a_record(value: str) -> object:
    """Read what a domain's DNS says where our key should be."""
    answer = Answer(Kind.FOUND, (value,))
    return judge_dkim(answer, "key", answer, "key._domainkey.example.com")


READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "a pair of an audience": (a_pair, f"1{BLANKS}2"),
    "a server's words": (without_addresses, "x" * LONG),
    "what an application sent": (masked, "a" + "\\" * LONG),
    "a record of a domain": (a_record, f"p=x{BLANKS}y"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_long_text_takes_no_longer_than_its_length(name: str):
    read, text = READERS[name]
    began = time.process_time()

    read(text)

    assert time.process_time() - began < PATIENCE
