"""Each new company has a tally at once, or two orders of the list leave it out until the next count.

A trigger writes it, so that no way to make companies forgets it. Those that have none yet get
theirs by the next count.
"""

from django.db import migrations

_TRIGGER = """
    CREATE FUNCTION insights_tally_new_companies() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO insights_companytally (company_id, workspace_id, customers, last_answer_at)
        SELECT id, workspace_id, 0, to_timestamp(0) FROM written;
        RETURN NULL;
    END $$;
    CREATE TRIGGER tally_of_new AFTER INSERT ON customers_company
        REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION insights_tally_new_companies();
"""
_NO_TRIGGER = """
    DROP TRIGGER tally_of_new ON customers_company;
    DROP FUNCTION insights_tally_new_companies();
"""


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_company_tallies")]

    operations = [migrations.RunSQL(_TRIGGER, _NO_TRIGGER)]
