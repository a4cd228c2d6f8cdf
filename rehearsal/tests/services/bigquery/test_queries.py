"""Queries: who may run them on what, where, and what BigQuery refuses."""

import threading

import pytest
from google.api_core.exceptions import BadRequest, Forbidden, GoogleAPICallError, NotFound
from google.cloud import bigquery

from tests.client import Client
from tests.services.bigquery.conftest import BigQuery

READER = "user:reader@example.com"
JOBS = "https://bigquery.googleapis.com/bigquery/v2/projects/demo/jobs"
JOB_USER, VIEWER = "roles/bigquery.jobUser", "roles/bigquery.dataViewer"


def rows(client: bigquery.Client, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in client.query(sql).result()]


def test_rows_come_back(owner: bigquery.Client, dogs: str) -> None:
    assert rows(owner, "SELECT id, name FROM dogs.breeds ORDER BY id") == [
        (1, "akita"),
        (2, "boxer"),
    ]


def test_a_query_in_one_call_gives_its_rows(owner: bigquery.Client, dogs: str) -> None:
    found = owner.query_and_wait("SELECT COUNT(*) FROM dogs.breeds")
    assert [tuple(row) for row in found] == [(2,)]


def test_without_the_permission_to_run_jobs_nothing_runs(as_member: BigQuery) -> None:
    message = (
        r"Access Denied: Project demo: User does not have bigquery\.jobs\.create permission in"
        r" project demo\."
    )
    with pytest.raises(Forbidden, match=message):
        as_member(READER).query("SELECT 1")


def test_a_table_that_may_not_be_read_is_refused_when_the_job_is_handed_in(
    client: Client, as_member: BigQuery, dogs: str
) -> None:
    client.grant(READER, JOB_USER)
    with pytest.raises(Forbidden, match=r"does not have permission to query table demo:dogs\.b"):
        as_member(READER).query("SELECT * FROM dogs.breeds")


def test_a_reader_reads_and_does_not_write(client: Client, as_member: BigQuery, dogs: str) -> None:
    client.grant(READER, JOB_USER)
    client.grant(READER, VIEWER)
    assert len(rows(as_member(READER), "SELECT * FROM dogs.breeds")) == 2
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.updateData denied on table"):
        as_member(READER).query("DELETE FROM dogs.breeds WHERE TRUE")
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.create denied on dataset demo:dogs"):
        as_member(READER).query("CREATE TABLE dogs.more (id INT64)")
    with pytest.raises(Forbidden, match=r"bigquery\.datasets\.create permission in project demo"):
        as_member(READER).query("CREATE SCHEMA cats")


def test_a_role_on_one_dataset_does_not_reach_another(
    client: Client, owner: bigquery.Client, as_member: BigQuery, dogs: str
) -> None:
    owner.create_dataset("cats")
    client.grant(READER, JOB_USER)
    dataset = owner.get_dataset("cats")
    entry = bigquery.AccessEntry("WRITER", "userByEmail", "reader@example.com")
    dataset.access_entries = [*dataset.access_entries, entry]
    owner.update_dataset(dataset, ["access_entries"])
    as_member(READER).query_and_wait("CREATE TABLE cats.a AS SELECT 1 AS id")
    with pytest.raises(Forbidden, match=r"demo:dogs\.breeds"):
        as_member(READER).query("CREATE TABLE cats.b AS SELECT * FROM dogs.breeds")


def test_a_script_is_refused_at_the_statement_and_what_came_before_stays(
    client: Client, owner: bigquery.Client, as_member: BigQuery, dogs: str
) -> None:
    owner.create_dataset("cats")
    client.grant(READER, JOB_USER)
    client.grant(
        READER, "roles/bigquery.dataEditor", "//bigquery.googleapis.com/projects/demo/datasets/cats"
    )
    sql = "CREATE TABLE cats.a (id INT64);\nSELECT * FROM dogs.breeds"
    job = as_member(READER).query(sql)
    with pytest.raises(Forbidden, match=r"query table demo:dogs\.breeds.* at \[2:1\]"):
        job.result()
    assert job.query == sql
    assert owner.get_table("cats.a").table_id == "a"


def test_permanent_ddl_in_a_transaction_is_refused_and_the_transaction_rolled_back(
    owner: bigquery.Client, dogs: str
) -> None:
    sql = (
        "BEGIN TRANSACTION; DELETE FROM dogs.breeds WHERE TRUE;"
        " CREATE TABLE dogs.more (id INT64); COMMIT TRANSACTION"
    )
    with pytest.raises(BadRequest, match="DDL statements are not supported in a transaction"):
        owner.query(sql).result()
    assert rows(owner, "SELECT COUNT(*) FROM dogs.breeds") == [(2,)]
    with pytest.raises(NotFound):
        owner.get_table("dogs.more")


def test_temporary_tables_are_allowed_in_a_transaction(owner: bigquery.Client, dogs: str) -> None:
    sql = (
        "BEGIN TRANSACTION; CREATE TEMP TABLE t AS SELECT 3 AS id, 'pug' AS name;"
        " INSERT dogs.breeds SELECT * FROM t; COMMIT TRANSACTION"
    )
    owner.query(sql).result()
    assert rows(owner, "SELECT COUNT(*) FROM dogs.breeds") == [(3,)]


def test_a_query_runs_where_its_dataset_is(owner: bigquery.Client) -> None:
    dataset = bigquery.Dataset("demo.dogs")
    dataset.location = "EU"
    owner.create_dataset(dataset)
    job = owner.query("CREATE TABLE dogs.a (id INT64)")
    job.result()
    assert job.location == "EU"


def test_a_query_elsewhere_does_not_find_the_dataset(as_member: BigQuery, dogs: str) -> None:
    message = "Not found: Dataset demo:dogs was not found in location EU"
    with pytest.raises(NotFound, match=message):
        as_member(location="EU").query("SELECT * FROM dogs.breeds").result()


def test_the_schema_of_a_missing_dataset_is_an_error(owner: bigquery.Client) -> None:
    message = "Not found: Dataset demo:cats was not found in location US"
    with pytest.raises(NotFound, match=message):
        owner.query("SELECT * FROM cats.INFORMATION_SCHEMA.TABLES").result()


def test_legacy_sql_is_refused_with_the_remedy(client: Client) -> None:
    answer = client.post(JOBS, {"configuration": {"query": {"query": "SELECT 1"}}})
    assert answer.error["code"] == 400
    assert "--use_legacy_sql=false" in answer.error["message"]


def test_a_dry_run_makes_nothing_and_estimates_bytes(owner: bigquery.Client, dogs: str) -> None:
    config = bigquery.QueryJobConfig(dry_run=True)
    job = owner.query("SELECT * FROM dogs.breeds", job_config=config)
    assert job.total_bytes_processed == 2 * 2 * 8
    assert next(iter(owner.list_jobs(max_results=1))).job_id != job.job_id


def test_a_query_over_its_limit_of_bytes_fails(owner: bigquery.Client, dogs: str) -> None:
    config = bigquery.QueryJobConfig(maximum_bytes_billed=1)
    with pytest.raises(GoogleAPICallError, match="10485760 or higher required"):
        owner.query("SELECT * FROM dogs.breeds", job_config=config).result()
    config.maximum_bytes_billed = 10 * 1024 * 1024
    assert len(list(owner.query("SELECT * FROM dogs.breeds", job_config=config).result())) == 2


def test_of_two_transactions_on_a_table_one_is_told_of_a_concurrent_update(
    owner: bigquery.Client, as_member: BigQuery, dogs: str
) -> None:
    update = "UPDATE dogs.breeds SET name = '{}' WHERE TRUE"
    # Long enough that the second begins while the first has changed the table.
    wait = (
        "SELECT SUM(SQRT(a + b)) FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS a,"
        " UNNEST(GENERATE_ARRAY(1, 5000)) AS b"
    )
    failures: list[str] = []

    def run(name: str) -> None:
        sql = f"BEGIN TRANSACTION; {update.format(name)}; {wait}; COMMIT TRANSACTION"
        try:
            as_member().query(sql).result()
        except GoogleAPICallError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=run, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 1
    assert (
        "Transaction is aborted due to concurrent update against table demo:dogs.breeds."
        " Transaction ID: "
    ) in failures[0]
