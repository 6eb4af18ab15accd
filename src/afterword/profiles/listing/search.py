"""A search for customers by any part of name, address or company.

A word that many have is met soon by whoever walks through the list; one that few have is found by
its trigrams, which have an index. Neither way is quick for the other's words.
"""

import time
from datetime import datetime
from uuid import UUID

from afterword.audience.fold import VARIANTS, fold
from afterword.audience.sql_tests import TESTS
from afterword.audience.sql_text import Sql, joined, sql
from afterword.core.in_time import rows_in_time
from afterword.customers.search_texts import SEARCH_TEXT
from afterword.customers.values import PropertyType

INDEXED = 0x600  # the letters that the index folds are before this one
FEW = 5_000
SECONDS = 0.08  # for asking the index: words that are all of common trigrams take it longer
_CONTAINS = TESTS[PropertyType.TEXT]["contains"]
# Queries of their own: joined to other conditions, the planner might ask for everybody's trigrams.
# Who waits comes first: between the two questions their text may be written.
_WAITING = "SELECT customer_id FROM customers_stalesearchtext WHERE workspace_id = {} LIMIT {}"
_FEW = """
    SELECT customer_id FROM customers_searchtext
    WHERE workspace_id = {} AND customers_trigrams(text) @> {}::text[]
    LIMIT {}
"""


def named(text: str, now: datetime) -> Sql:
    """Return the condition that each word of the text is a part of it, however it is written."""
    return joined([_CONTAINS(Sql(SEARCH_TEXT), fold(word), now) for word in text.split()], "AND")


def few_named(text: str, workspace_id: UUID, now: datetime) -> Sql | None:
    """Return the same for those whom the index finds, or of whom it does not know yet.

    None where they are many, or no index says so soon: who has the word is met soon then, or all
    of them have to be looked at.
    """
    ends = time.monotonic() + SECONDS
    waiting = _ids(sql(_WAITING, workspace_id, FEW + 1), ends)
    if waiting is None or len(waiting) > FEW:
        return None
    found = _ids(sql(_FEW, workspace_id, trigrams_of(text), FEW + 1), ends)
    if found is None or len(found) > FEW:
        return None
    few = sql("customers_customer.id = ANY({}::uuid[])", list({*waiting, *found}))
    return joined([few, named(text, now)], "AND")


def _ids(query: Sql, ends: float) -> list[UUID] | None:
    rows = rows_in_time(query.text, query.params, ends)
    return None if rows is None else [id_ for (id_,) in rows]


def trigrams_of(text: str) -> list[str]:
    """Return those of its words that the index knows."""
    return sorted({each for word in text.split() for each in _trigrams(fold(word))})


def _trigrams(word: str) -> list[str]:
    trigrams = [word[start : start + 3] for start in range(len(word) - 2)]
    return [each for each in trigrams if all(map(_is_folded, each))]


def _is_folded(letter: str) -> bool:
    """Whether the index has it as it is folded: it knows, or there is no other way to write it."""
    return ord(letter) < INDEXED or letter not in VARIANTS
