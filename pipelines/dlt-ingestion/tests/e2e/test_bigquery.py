"""What only BigQuery has: calls that cost, answers that are lost, places, and types."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from google.cloud import bigquery
from google.oauth2.service_account import Credentials

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
    bigquery_system: System,
) -> None:
    system = bigquery_system
    system.run()
    before = system.tables()
    system.api.breeds[0]["origin"] = "Elsewhere"

    def fault(method: str, path: str, body: bytes) -> str | None:
        return "503" if b"BEGIN TRANSACTION" in body and b"breeds_history" in body else None

    with relay_before(system, fault):
        failed = system.run(BIGQUERY_RETRY_SECONDS="2")
    assert failed.returncode == 5, failed.stdout
    assert "Traceback" not in failed.stdout
    assert system.tables() == before
    assert_whole(system)
    assert system.last_run()["status"] == "failed"
    assert system.run().returncode == 0
    assert_whole(system)


@pytest.mark.parametrize("work", ["begin", "settle", "publish-1", "finish"])
def test_what_loses_against_another_transaction_is_tried_again(
    bigquery_system: System, work: str
) -> None:
    """As where a run that was killed has left a publication at work."""
    system = bigquery_system
    system.run()
    died = system.start("run", CLOUD_RUN_EXECUTION="one")
    assert died.stdout is not None
    for line in died.stdout:
        if "page_read" in line:
            break
    died.kill()
    died.communicate()
    if work != "finish":
        system.api.breeds[0]["origin"] = "Elsewhere"
    lost: list[str] = []

    def fault(method: str, path: str, body: bytes) -> str | None:
        if method == "POST" and f'-{work}"'.encode() in body and not lost:
            lost.append(path)
            return "conflict"
        return None

    with relay_before(system, fault):
        ended = system.run(CLOUD_RUN_EXECUTION="one", CLOUD_RUN_TASK_ATTEMPT="1")
    assert ended.returncode == 0, ended.stdout
    assert lost
    assert_whole(system)
    statuses = sorted(row["status"] for row in system.rows("ingestion_runs"))
    assert statuses.count("running") == 0
    assert statuses.count("interrupted") == 1


def test_a_publication_whose_answer_never_comes_is_looked_for(bigquery_system: System) -> None:
    """The script is handed in and carried out; every question after its result fails."""
    system = bigquery_system

    def fault(method: str, path: str, body: bytes) -> str | None:
        return "503" if method == "GET" and "-publish-1?" in path else None

    with relay_before(system, fault):
        ended = system.run(BIGQUERY_RETRY_SECONDS="6")
    assert ended.returncode == 0, ended.stdout
    assert "publication_answer_lost" in ended.stdout
    assert system.last_run()["status"] == "published"
    assert_whole(system)


def test_a_run_signs_in_once(bigquery_system: System) -> None:
    """Its own client and all of dlt's use one token."""
    refreshed: list[object] = []
    refresh: Any = Credentials.refresh

    def counted(credentials: Credentials, request: object) -> None:
        refreshed.append(credentials)
        refresh(credentials, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Credentials, "refresh", counted)
        assert bigquery_system.run().returncode == 0
    assert len(refreshed) == 1


def test_what_fails_for_good_while_staging_ends_in_time(bigquery_system: System) -> None:
    """dlt's own limit for queries is 40 minutes."""
    system = bigquery_system

    def fault(method: str, path: str, body: bytes) -> str | None:
        return "503" if path.partition("?")[0].endswith("/queries") else None

    with relay_before(system, fault):
        began = time.monotonic()
        ended = system.run(BIGQUERY_RETRY_SECONDS="2")
        took = time.monotonic() - began
    assert ended.returncode == 5, ended.stdout
    assert took < 30
    assert system.last_run()["status"] == "failed"


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
