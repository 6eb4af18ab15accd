"""Begin anew in another cluster: there, transactions are numbered from the beginning again.

A restored backup holds numbers that are yet to come, so its readers would wait for years.
"""

from django.db import connection, transaction


@transaction.atomic
def begin_anew() -> bool:
    """Number what is there as one early transaction, if any of it seems to come from the future.

    Readers go on where they were; as the order among the old ones is that of their ids from now
    on, some may be read a second time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_AHEAD)
        [is_ahead] = cursor.fetchone()
        if is_ahead:
            cursor.execute(_READERS)
            cursor.execute(_HAPPENINGS)
    return bool(is_ahead)


_IS_AHEAD = """
    SELECT EXISTS (SELECT FROM happenings_reader WHERE read_transaction >= ends)
        OR EXISTS (SELECT FROM happenings_happening WHERE transaction >= ends)
    FROM pg_snapshot_xmax(pg_current_snapshot()) AS ends
"""
# Each reader stands before the first that it may not have read. 3 is a number that no transaction
# has: the first ones make the cluster.
_READERS = """
    UPDATE happenings_reader AS reader
    SET read_transaction = '3', read_id = coalesce((
        SELECT min(happening.id) - 1 FROM happenings_happening AS happening
        WHERE ((happening.transaction, happening.id) > (reader.read_transaction, reader.read_id)
               OR happening.id > reader.read_id)
          AND happening.workspace_id = coalesce(reader.workspace_id, happening.workspace_id)
    ), reader.read_id)
"""
_HAPPENINGS = "UPDATE happenings_happening SET transaction = '3'"
