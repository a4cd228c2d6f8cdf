"""What scripts read, write and need is found before they run."""

import pytest

from rehearsal.services.bigquery.analysis import script_of
from rehearsal.services.bigquery.names import DatasetName, TableName

DEFAULT = DatasetName("demo", "dogs")


def reads(sql: str, default: DatasetName | None = None) -> list[str]:
    script = script_of(sql, "demo", default)
    return [table.label for statement in script.statements for table in statement.reads]


def permissions(sql: str) -> list[tuple[str, str]]:
    """Without the service's name, with the label of the place."""
    return [
        (permission.removeprefix("bigquery."), place if isinstance(place, str) else place.label)
        for statement in script_of(sql, "demo", None).statements
        for permission, place in statement.needs.permissions
    ]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM dogs.breeds", ["demo:dogs.breeds"]),
        ("SELECT * FROM `other.dogs.breeds` JOIN dogs.b USING (id)",
         ["other:dogs.breeds", "demo:dogs.b"]),
        ("SELECT * FROM my-project.dogs.breeds", ["my-project:dogs.breeds"]),
        ("WITH a AS (SELECT * FROM dogs.breeds) SELECT * FROM a", ["demo:dogs.breeds"]),
        ("SELECT x FROM dogs.breeds AS b, b.names AS x", ["demo:dogs.breeds"]),
        ("SELECT x FROM dogs.breeds AS b, UNNEST(b.names) AS x", ["demo:dogs.breeds"]),
        ("SELECT (SELECT MAX(id) FROM dogs.a) FROM UNNEST([1])", ["demo:dogs.a"]),
        ("INSERT dogs.a SELECT * FROM dogs.b", ["demo:dogs.b"]),
        ("MERGE dogs.a USING dogs.b ON FALSE WHEN NOT MATCHED THEN INSERT ROW", ["demo:dogs.b"]),
        ("CREATE TABLE dogs.a AS SELECT * FROM dogs.b", ["demo:dogs.b"]),
        ("CREATE TABLE dogs.a CLONE dogs.b", ["demo:dogs.b"]),
        ("CREATE SNAPSHOT TABLE dogs.a CLONE dogs.b", ["demo:dogs.b"]),
        ("ALTER TABLE dogs.a RENAME TO b", []),
    ],
)  # fmt: skip
def test_the_tables_that_a_statement_queries_are_found(sql: str, tables: list[str]) -> None:
    assert reads(sql) == tables


def test_names_without_a_dataset_belong_to_the_default_one() -> None:
    assert reads("SELECT * FROM breeds", DEFAULT) == ["demo:dogs.breeds"]


def test_temporary_tables_of_a_script_need_nothing() -> None:
    sql = "CREATE TEMP TABLE t AS SELECT * FROM dogs.a; SELECT * FROM t; DROP TABLE t"
    assert reads(sql, DEFAULT) == ["demo:dogs.a"]
    assert permissions(sql) == []


@pytest.mark.parametrize(
    ("sql", "needed"),
    [
        ("INSERT dogs.a VALUES (1)", [("tables.updateData", "demo:dogs.a")]),
        ("DELETE dogs.a WHERE TRUE",
         [("tables.updateData", "demo:dogs.a"), ("tables.getData", "demo:dogs.a")]),
        ("CREATE TABLE dogs.a (id INT64)", [("tables.create", "demo:dogs")]),
        ("CREATE OR REPLACE TABLE dogs.a AS SELECT 1 AS id",
         [("tables.create", "demo:dogs"), ("tables.updateData", "demo:dogs"),
          ("tables.update", "demo:dogs.a")]),
        ("DROP TABLE IF EXISTS dogs.a", [("tables.delete", "demo:dogs.a")]),
        ("ALTER TABLE dogs.a ADD COLUMN b STRING",
         [("tables.update", "demo:dogs.a"), ("tables.get", "demo:dogs.a")]),
        ("CREATE SCHEMA cats", [("datasets.create", "demo")]),
        ("ALTER SCHEMA cats SET OPTIONS (description='x')",
         [("datasets.update", "demo:cats"), ("datasets.get", "demo:cats")]),
        ("DROP SCHEMA cats CASCADE", [("datasets.delete", "demo:cats")]),
        ("SELECT * FROM dogs.INFORMATION_SCHEMA.COLUMNS",
         [("tables.list", "demo:dogs"), ("tables.get", "demo:dogs")]),
        ("SELECT * FROM `region-eu`.INFORMATION_SCHEMA.JOBS", [("jobs.listAll", "demo")]),
    ],
)  # fmt: skip
def test_the_permissions_that_a_statement_needs_are_found(
    sql: str, needed: list[tuple[str, str]]
) -> None:
    assert permissions(sql) == needed


def test_conditions_and_loops_are_looked_into() -> None:
    sql = """
    DECLARE x INT64 DEFAULT (SELECT MAX(id) FROM d.a);
    IF EXISTS (SELECT 1 FROM d.b) THEN SELECT * FROM d.c; ELSE SELECT * FROM d.e; END IF;
    FOR r IN (SELECT * FROM d.f) DO SELECT * FROM d.g; END FOR;
    BEGIN SELECT * FROM d.h; EXCEPTION WHEN ERROR THEN SELECT * FROM d.i; END;
    CASE WHEN x = 1 THEN SELECT * FROM d.j; END CASE;
    """
    assert reads(sql) == [f"demo:d.{letter}" for letter in "abcefghij"]


def test_permanent_ddl_is_known_to_be_inside_a_transaction() -> None:
    sql = (
        "CREATE TABLE d.a (x INT64); BEGIN TRANSACTION; CREATE TEMP TABLE t (x INT64);"
        " CREATE TABLE d.b (x INT64); COMMIT TRANSACTION; DROP TABLE d.a"
    )
    found = script_of(sql, "demo", None).statements
    assert [one.ddl_in_transaction for one in found] == [False, False, True, False]


def test_places_are_lines_and_columns() -> None:
    sql = "SELECT 1;\n  SELECT 2"
    assert [one.place for one in script_of(sql, "demo", None).statements] == ["[1:1]", "[2:3]"]


@pytest.mark.parametrize(
    "sql",
    ["CALL d.p()", "EXECUTE IMMEDIATE 'SELECT 1'", "GRANT `r` ON SCHEMA d TO 'user:a@b'",
     "CREATE PROCEDURE d.p() BEGIN SELECT 1; END", "EXPORT DATA OPTIONS(uri='x') AS SELECT 1"],
)  # fmt: skip
def test_what_cannot_be_judged_says_so(sql: str) -> None:
    assert "The rehearsal does not have" in script_of(sql, "demo", None).statements[0].unsupported


def test_what_is_no_sql_has_no_statements() -> None:
    assert script_of("SELEC FROM", "demo", None).statements == ()


def test_written_tables_are_named_once() -> None:
    sql = "INSERT d.a VALUES (1); UPDATE d.a SET x = 1 WHERE TRUE; TRUNCATE TABLE d.b"
    assert script_of(sql, "demo", None).writes == [
        TableName("demo", "d", "a"),
        TableName("demo", "d", "b"),
    ]
