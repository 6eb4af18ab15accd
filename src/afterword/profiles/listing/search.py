"""A search for customers by any part of name, address or company.

A word that many have is met soon by whoever walks through the list; one that few have is found by
its trigrams, which have an index. Neither way is quick for the other's words.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from afterword.audience.fold import VARIANTS, fold
from afterword.audience.sql_tests import TESTS
from afterword.audience.sql_text import Sql, joined, sql
from afterword.customers.values import PropertyType

INDEXED = 0x600  # the letters that the index folds are before this one
FEW = 10_000
_CONTAINS = TESTS[PropertyType.TEXT]["contains"]
# All that is looked at, as one text, as the index has it; nobody types what stands between.
_SOUGHT = (
    "(customers_customer.first_name || ' ' || customers_customer.last_name || chr(10)"
    " || coalesce(customers_customer.email, '') || chr(10) || customers_customer.company_name)"
)
# A query of its own: joined to other conditions, the planner might ask for everybody's trigrams.
_FEW = f"""
    SELECT customers_customer.id FROM customers_customer
    WHERE customers_customer.workspace_id = {{}}
      AND customers_trigrams({_SOUGHT}) @> {{}}::text[] AND {{}}
    LIMIT {{}}
"""  # noqa: S608  (our own words)


def named(text: str, now: datetime) -> Sql:
    """Return the condition that each word of the text is a part of it, however it is written."""
    return joined([_CONTAINS(Sql(_SOUGHT), fold(word), now) for word in text.split()], "AND")


def few_named(text: str, workspace_id: UUID, now: datetime) -> Sql | None:
    """Return the same for those whom the index finds; None where they are many, and met soon."""
    query = sql(_FEW, workspace_id, trigrams_of(text), named(text, now), FEW + 1)
    with connection.cursor() as cursor:
        cursor.execute(query.text, list[Any](query.params))
        ids = [id_ for (id_,) in cursor]
    return sql("customers_customer.id = ANY({}::uuid[])", ids) if len(ids) <= FEW else None


def trigrams_of(text: str) -> list[str]:
    """Return those of its words that the index knows."""
    return sorted({each for word in text.split() for each in _trigrams(fold(word))})


def _trigrams(word: str) -> list[str]:
    trigrams = [word[start : start + 3] for start in range(len(word) - 2)]
    return [each for each in trigrams if all(map(_is_folded, each))]


def _is_folded(letter: str) -> bool:
    """Whether the index has it as it is folded: it knows, or there is no other way to write it."""
    return ord(letter) < INDEXED or letter not in VARIANTS
