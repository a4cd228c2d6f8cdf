"""Prints how many breeds are in the database of DUCKDB_PATH, whatever the schema's name."""

import os

import duckdb

connection = duckdb.connect(os.environ["DUCKDB_PATH"], read_only=True)
found = connection.execute(
    "SELECT schema_name FROM duckdb_tables() WHERE table_name = 'breeds' AND NOT internal"
).fetchall()
for (schema,) in found:
    print(*connection.execute(f'SELECT COUNT(*) FROM "{schema}".breeds').fetchone() or (0,))
