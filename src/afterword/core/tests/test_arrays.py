import pytest
from django.db import connection

from afterword.core.arrays import text_array

ODD = [
    "",
    " ",
    "NULL",
    "null",
    "{}",
    "{a,b}",
    ",",
    '"',
    "\\",
    '\\"',
    '"\\',
    "a\nb\t",
    "雪",
    "'",
    "%s",
]


@pytest.mark.django_db
@pytest.mark.parametrize("texts", [[], [""], ["plain"], ODD, ["".join(ODD), *ODD]])
def test_postgresql_reads_the_texts_as_they_were(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text_array(texts)])
        assert cursor.fetchone() == (texts,)
