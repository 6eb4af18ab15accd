"""Foreign keys in migrations: Django names them by a digest, so they are found by their column."""


def drop_foreign_keys(table: str, column: str) -> str:
    """Return the SQL that drops what keeps a column to another table's rows."""
    return f"""
        DO $$
        DECLARE found record;
        BEGIN
            FOR found IN
                SELECT conname FROM pg_constraint
                JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
                WHERE contype = 'f' AND conrelid = '{table}'::regclass AND attname = '{column}'
            LOOP
                EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', found.conname);
            END LOOP;
        END $$;
    """  # noqa: S608  (names of our own tables)
