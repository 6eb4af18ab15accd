"""Tables that cannot be made."""

import pytest
from django.db import connection

from afterword.running.errors import CannotRun
from afterword.running.making_tables import make_tables


@pytest.mark.slow  # it reads every migration
@pytest.mark.django_db
def test_a_user_who_may_make_no_tables_is_told_what_they_lack():
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE weak_in_test")
        cursor.execute("CREATE SCHEMA bare")
        cursor.execute("GRANT USAGE ON SCHEMA bare TO weak_in_test")
        cursor.execute("SET LOCAL search_path = bare")
        cursor.execute("SET LOCAL ROLE weak_in_test")

    with pytest.raises(CannotRun, match=r"permission denied for schema bare\. .* OWNER TO"):
        make_tables()
