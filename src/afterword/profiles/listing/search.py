"""A search for customers by any part of name, address or company."""

from datetime import datetime

from afterword.audience.fold import fold
from afterword.audience.sql_tests import TESTS
from afterword.audience.sql_text import Sql, joined
from afterword.customers.values import PropertyType

_CONTAINS = TESTS[PropertyType.TEXT]["contains"]
# All that is looked at, as one text; nobody types what stands between.
_SOUGHT = Sql(
    "(customers_customer.first_name || ' ' || customers_customer.last_name || chr(10)"
    " || coalesce(customers_customer.email, '') || chr(10) || customers_customer.company_name)"
)


def named(text: str, now: datetime) -> Sql:
    """Return the condition that each word of the text is a part of it, however it is written."""
    return joined([_CONTAINS(_SOUGHT, fold(word), now) for word in text.split()], "AND")
