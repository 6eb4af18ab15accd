"""Trigrams of names, addresses and companies, by which any part of them is found.

What is no trigram of ours is found as well, by looking at everybody: see
`profiles/listing/search.py`.
"""

from django.db import migrations

_BEFORE = "\u0600"  # Latin, Greek, Cyrillic and Armenian; others have next to no capitals
_PAIRS = [
    (letter, letter.casefold())
    for letter in map(chr, range(0x80, 0x1EA00))
    if len(letter.casefold()) == 1 and letter != letter.casefold() < _BEFORE
]
_LETTERS = "".join(letter for letter, _ in _PAIRS)
_FOLDED = "".join(to for _, to in _PAIRS)

# Folded as `audience/fold.py` does. Letters beyond ASCII one by one: a text has few of them, and
# the table is long. It costs much, and the planner is told so.
_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION customers_trigrams(sought text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    DECLARE
        folded text := lower(sought COLLATE "C");
        letters text[];
        found text[] := '{{}}';
    BEGIN
        IF octet_length(folded) = char_length(folded) THEN
            FOR n IN 1 .. char_length(folded) - 2 LOOP
                found[n] := substr(folded, n, 3);
            END LOOP;
            RETURN found;
        END IF;
        letters := string_to_array(replace(replace(folded, 'ẞ', 'ss'), 'ß', 'ss'), NULL);
        FOR n IN 1 .. cardinality(letters) LOOP
            IF octet_length(letters[n]) > 1 THEN
                letters[n] := translate(letters[n], '{_LETTERS}', '{_FOLDED}');
            END IF;
            IF n > 2 THEN
                found[n - 2] := letters[n - 2] || letters[n - 1] || letters[n];
            END IF;
        END LOOP;
        RETURN found;
    END $$
"""
_INDEX = """
    CREATE INDEX CONCURRENTLY customers_by_trigrams ON customers_customer USING gin (
        customers_trigrams(first_name || ' ' || last_name || chr(10)
            || coalesce(email, '') || chr(10) || company_name)
    )
"""
_DROP = "DROP INDEX CONCURRENTLY IF EXISTS customers_by_trigrams"


class Migration(migrations.Migration):
    # Built while events come in: nobody has to wait for it.
    atomic = False

    dependencies = [
        ("customers", "0008_orders_of_the_list"),
    ]

    operations = [
        migrations.RunSQL(_FUNCTION, "DROP FUNCTION IF EXISTS customers_trigrams(text)"),
        migrations.RunSQL(_DROP, migrations.RunSQL.noop),
        migrations.RunSQL(_INDEX, _DROP),
    ]
