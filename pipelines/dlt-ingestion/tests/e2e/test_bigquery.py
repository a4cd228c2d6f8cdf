"""What only BigQuery has: calls that cost, answers that are lost, places, and types."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY

from dlt_ingestion.schema import TABLES
from tests.e2e import bigquery_standin
from tests.e2e.bigquery_standin import Fault, Relay
from tests.e2e.system import System, assert_whole

MOST_CALLS_OF_AN_UNCHANGED_RUN = 20
TYPES = {
    "text": "STRING", "double": "FLOAT", "bigint": "INTEGER", "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP", "date": "DATE",
}  # fmt: skip


@contextmanager
def relay_before(system: System, fault: Fault = lambda *_: None) -> Iterator[Relay]:
    """Puts a relay between the pipeline and BigQuery."""
    if bigquery_standin.AT_TRUE_ADDRESSES:
        pytest.skip(
            "a relay can't stand before true addresses; `rehearsal fault add` does its work"
        )
    direct = system.variables["BIGQUERY_EMULATOR_HOST"]
    with Relay(direct, fault) as relay:
        system.variables["BIGQUERY_EMULATOR_HOST"] = relay.url
        try:
            yield relay
        finally:
            system.variables["BIGQUERY_EMULATOR_HOST"] = direct


def test_an_unchanged_run_makes_few_calls(bigquery_system: System) -> None:
    system = bigquery_system
    system.run()
    with relay_before(system) as relay:
        assert system.run().returncode == 0
    assert system.last_run()["status"] == "unchanged"
    assert len(relay.calls) <= MOST_CALLS_OF_AN_UNCHANGED_RUN


def test_tables_have_the_declared_types_and_descriptions(bigquery_system: System) -> None:
    bigquery_system.run()
    client = bigquery.Client(bigquery_standin.PROJECT)
    for table in TABLES:
        name = f"{bigquery_standin.PROJECT}.{bigquery_system.variables['BIGQUERY_DATASET']}"
        made = client.get_table(f"{name}.{table.name}")
        assert made.description == table.description
        assert [(c.name, c.field_type, c.description, c.mode) for c in made.schema] == [
            (c.name, TYPES[c.type], c.description, "REQUIRED" if c.required else "NULLABLE")
            for c in table.columns
        ]


def test_staged_tables_expire(bigquery_system: System) -> None:
    bigquery_system.run()
    client = bigquery.Client(bigquery_standin.PROJECT)
    staging = client.get_dataset(f"{bigquery_system.variables['BIGQUERY_DATASET']}_staging")
    assert staging.default_table_expiration_ms == 3 * 24 * 3600 * 1000


@pytest.mark.parametrize("loss", ["before", "after", "503"])
def test_a_lost_answer_to_any_job_is_asked_for_and_not_repeated(
    bigquery_system: System, loss: str
) -> None:
    """The first sending of each job is lost, before or after it took effect."""
    system = bigquery_system
    seen: Counter[bytes] = Counter()

    def fault(method: str, path: str, body: bytes) -> str | None:
        if method == "POST" and path.partition("?")[0].endswith("/jobs") and "upload" not in path:
            seen[body] += 1
            return loss if seen[body] == 1 else None
        return None

    with relay_before(system, fault):
        ended = system.run()
    assert ended.returncode == 0, ended.stdout
    assert_whole(system)
    run = system.last_run()
    assert (run["status"], run["breeds_added"]) == ("published", 40)
    assert len(system.rows("ingestion_runs")) == 1
    assert len(system.rows("api_payloads")) == 2


def test_a_warehouse_that_fails_for_good_leaves_the_tables_and_says_so(
    bigquery_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt_ingestion.warehouse import bigquery as warehouse

    system = bigquery_system
    system.run()
    before = system.tables()
    system.api.breeds[0]["origin"] = "Elsewhere"
    monkeypatch.setattr(warehouse, "_RETRY", DEFAULT_RETRY.with_timeout(2.0))

    def fault(method: str, path: str, body: bytes) -> str | None:
        return "503" if b"BEGIN TRANSACTION" in body and b"breeds_history" in body else None

    with relay_before(system, fault):
        failed = system.run()
    assert failed.returncode == 5, failed.stdout
    assert "Traceback" not in failed.stdout
    assert system.tables() == before
    assert_whole(system)
    assert system.last_run()["status"] == "failed"
    assert system.run().returncode == 0
    assert_whole(system)


def test_a_dataset_in_another_location_is_said_in_words(bigquery_system: System) -> None:
    system = bigquery_system
    dataset = bigquery.Dataset(f"{bigquery_standin.PROJECT}.{system.variables['BIGQUERY_DATASET']}")
    dataset.location = "EU"
    bigquery.Client(bigquery_standin.PROJECT).create_dataset(dataset)

    for command in ("run", "check"):
        refused = system.run(command)
        assert refused.returncode == 2, refused.stdout
        words = " ".join(refused.stdout.split())
        assert "is in EU" in words
        assert "BIGQUERY_LOCATION=EU" in words
        assert "Traceback" not in refused.stdout


def test_a_newer_code_adds_columns_and_an_older_one_goes_on(
    bigquery_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dlt_ingestion import schema
    from dlt_ingestion.warehouse import bigquery as warehouse

    system = bigquery_system
    system.run()
    column = schema.Column("mood", "text", "Mood of the run", since=2)
    runs = schema.INGESTION_RUNS
    newer = schema.Table(runs.name, runs.description, (*runs.columns, column))
    with monkeypatch.context() as newer_code:
        newer_code.setattr(warehouse, "TABLES", (*TABLES[:-1], newer))
        newer_code.setattr(warehouse, "SCHEMA_VERSION", 2)
        assert system.run().returncode == 0
    assert "mood" in system.last_run()
    system.api.breeds[0]["origin"] = "Elsewhere"
    assert system.run().returncode == 0
    assert_whole(system)


def test_check_finds_everything_in_order(bigquery_system: System) -> None:
    bigquery_system.run()
    checked = bigquery_system.run("check")
    assert checked.returncode == 0, checked.stdout
    assert "failed" not in checked.stdout
    assert bigquery_standin.ACCOUNT in checked.stdout


def test_without_credentials_the_remedy_is_said(bigquery_system: System) -> None:
    refused = bigquery_system.run(GOOGLE_APPLICATION_CREDENTIALS=os.devnull, NO_GCE_CHECK="true")
    assert refused.returncode in {2, 5}
    assert "Traceback" not in refused.stdout
    assert "credentials" in refused.stdout
