"""A search for customers by any part of name, address or company.

A word that many have is met soon by whoever walks through the list; one that few have is found by
its trigrams, which have an index. Neither way is quick for the other's words.
"""

from datetime import datetime
from uuid import UUID

from afterword.audience.fold import VARIANTS, fold
from afterword.audience.sql_tests import TESTS
from afterword.audience.sql_text import Sql, joined, sql
from afterword.customers.values import PropertyType

INDEXED = 0x600  # the letters that the index folds are before this one
_CONTAINS = TESTS[PropertyType.TEXT]["contains"]
# All that is looked at, as one text, as the index has it; nobody types what stands between.
_SOUGHT = (
    "(customers_customer.first_name || ' ' || customers_customer.last_name || chr(10)"
    " || coalesce(customers_customer.email, '') || chr(10) || customers_customer.company_name)"
)
# A set of its own: joined to other conditions, the planner might ask for everybody's trigrams.
_BY_TRIGRAMS = f"""
    customers_customer.id IN (
        SELECT customers_customer.id FROM customers_customer
        WHERE customers_customer.workspace_id = {{}}
          AND customers_trigrams({_SOUGHT}) @> {{}}::text[] AND {{}}
        OFFSET 0
    )
"""  # noqa: S608  (our own words)


def named(text: str, now: datetime) -> Sql:
    """Return the condition that each word of the text is a part of it, however it is written."""
    return joined([_CONTAINS(Sql(_SOUGHT), fold(word), now) for word in text.split()], "AND")


def named_by_trigrams(text: str, workspace_id: UUID, now: datetime) -> Sql | None:
    """Return the same by the index; None where the text has no trigram that it knows."""
    found = sorted({each for word in text.split() for each in _trigrams(fold(word))})
    return sql(_BY_TRIGRAMS, workspace_id, found, named(text, now)) if found else None


def _trigrams(word: str) -> list[str]:
    trigrams = [word[start : start + 3] for start in range(len(word) - 2)]
    return [each for each in trigrams if all(map(_is_folded, each))]


def _is_folded(letter: str) -> bool:
    """Whether the index has it as it is folded: it knows, or there is no other way to write it."""
    return ord(letter) < INDEXED or letter not in VARIANTS
