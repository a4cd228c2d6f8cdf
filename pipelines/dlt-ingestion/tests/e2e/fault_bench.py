"""A bench for the pipeline under faults: what it calls, a relay before that, and runs of it.

Each run is a process of its own, forked from one that has imported everything, so that hundreds of
runs take minutes. It finds credentials as in Cloud Run: from a metadata server.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from dlt_ingestion.sample.server import SampleServer, sample_breeds
from tests.e2e import bigquery_standin
from tests.e2e.bigquery_standin import PROJECT
from tests.e2e.fault_relay import FOR_GOOD, Fault, Plan, Relay
from tests.e2e.metadata_standin import metadata
from tests.e2e.system import KEY, Look

DATASET = "dogs"
STAGING = f"{DATASET}_staging"
_PATIENT_SECONDS = 60
_IMPATIENT_SECONDS = 3
"""For faults that last."""
API_ATTEMPTS = 2
KILLED = -signal.SIGKILL
_LONGEST_RUN_SECONDS = 200
_CASES_PER_STANDIN = 8
_PRELOADED = [
    "dlt_ingestion.cli", "dlt_ingestion.pipeline", "dlt_ingestion.api", "dlt_ingestion.paging",
    "dlt_ingestion.console", "dlt_ingestion.staging", "dlt_ingestion.warehouse.bigquery",
    "dlt_ingestion.warehouse.bigquery_loader", "google.auth.compute_engine",
    "tests.e2e.fault_bench",
]  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a run of the pipeline ended: its exit code (minus the signal's number), its output.

    ``calls`` are the names of all that it called, in order; ``hits`` those that met the fault.
    """

    exit_code: int
    printed: str
    calls: tuple[str, ...]
    hits: int


class Bench:
    """Give it a folder; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open, self._standin = ExitStack(), ExitStack()
        self._cases = self._changes = 0
        self._client: bigquery.Client

    def __enter__(self) -> "Bench":
        api = SampleServer(
            sample_breeds()[:12], key=KEY, highest_limit=6, requests_per_minute=1_000_000
        )
        self._api = self._open.enter_context(api)
        account = self._open.enter_context(metadata())
        self._relay = self._open.enter_context(Relay({
            "api": api.base_url.removesuffix("/v1"), "metadata": account.url, "bigquery": "",
        }))  # fmt: skip
        self._start_standin()
        ended = self.run()
        assert ended.exit_code == 0, ended.printed
        self._standin.close()
        shutil.copytree(self._folder / "standin" / "data", self._folder / "first-run")
        self._start_standin()
        return self

    def __exit__(self, *_: object) -> None:
        self._standin.close()
        self._open.close()

    def _start_standin(self) -> None:
        folder = self._folder / "standin"
        folder.mkdir(exist_ok=True)
        url = self._standin.enter_context(bigquery_standin.standin(folder))
        self._relay.upstreams["bigquery"] = url
        self._client = bigquery.Client(
            PROJECT,
            AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": url},
        )

    def renew(self) -> None:
        """Back to what the first run left, now and then: the stand-in slows with each call."""
        self._cases += 1
        if self._cases % _CASES_PER_STANDIN:
            return
        self._standin.close()
        data = self._folder / "standin" / "data"
        shutil.rmtree(data)
        shutil.copytree(self._folder / "first-run", data)
        self._start_standin()

    def change(self) -> str:
        """Lets the API say something new; gives the new origin of the first breed."""
        self._changes += 1
        origin = f"Origin {os.getpid()}-{self._changes}"
        self._api.breeds[0]["origin"] = origin
        return origin

    def run(self, faults: Mapping[str, Fault] | None = None, *, attempt: int = 0) -> Ended:
        """One run as a process of its own, in which calls meet ``faults``.

        ``attempt`` is Cloud Run's: the next one of the same execution follows a run that died.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            output = Path(folder) / "output"
            variables = {
                **self._variables(),
                "BIGQUERY_RETRY_SECONDS": str(_retry_seconds(faults or {})),
                "TMPDIR": folder,
                "CLOUD_RUN_EXECUTION": f"execution-{self._changes}",
                "CLOUD_RUN_TASK_ATTEMPT": str(attempt),
            }
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(_PRELOADED)
            process = context.Process(target=_run, args=(variables, str(output)), daemon=True)
            self._relay.expect(Plan(faults or {}, lambda: _kill(process)))
            with _own_metadata_server(variables):
                process.start()
            process.join(_LONGEST_RUN_SECONDS)
            in_time = process.exitcode is not None
            if not in_time:
                process.kill()
                process.join()
            printed = output.read_text() if output.exists() else ""
            assert in_time, f"the run did not end in {_LONGEST_RUN_SECONDS} s\n{printed}"
            exit_code = process.exitcode or 0
            left = [path.name for path in Path(folder).iterdir() if path != output]
            assert not left or exit_code == KILLED, f"{left} left behind\n{printed}"
            return Ended(exit_code, printed, tuple(self._relay.calls), self._relay.hits)

    def _variables(self) -> dict[str, str]:
        place = self._relay.url("metadata").removeprefix("http://")
        return {
            "BIGQUERY_DATASET": DATASET,
            "BIGQUERY_EMULATOR_HOST": self._relay.url("bigquery"),
            "DOG_API_BASE_URL": f"{self._relay.url('api')}/v1",
            "DOG_API_KEY": KEY,
            "DOG_API_MAX_ATTEMPTS": str(API_ATTEMPTS),
            "DOG_API_REQUESTS_PER_MINUTE": "0",
            "ENVIRONMENT": "test",
            "GCE_METADATA_HOST": place,
            "GCE_METADATA_IP": place,
            "GCP_PROJECT_ID": PROJECT,
            "HOME": str(self._folder),
            "LOG_FORMAT": "json",
            "NO_PROXY": "127.0.0.1",
        }

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a published table, read past the relay."""
        found = self._client.list_rows(f"{PROJECT}.{DATASET}.{table}")
        return [dict(row.items()) for row in found]

    def look(self) -> tuple[Look, list[dict[str, Any]]]:
        """The tables, and the rows of all runs. No run may be under way."""
        runs = self.rows("ingestion_runs")
        published = [row for row in runs if row["published_at"] is not None]
        names = ("breeds", "breed_temperaments", "breed_issues", "breeds_history", "api_payloads")
        newest_first = sorted(published, key=lambda row: str(row["published_at"]), reverse=True)
        return Look(newest_first, *(self.rows(name) for name in names)), runs

    def staged_for_good(self) -> list[str]:
        """Staged tables that would never go by themselves; there should be none."""
        listed = list(self._client.list_tables(f"{PROJECT}.{STAGING}"))
        staged = [table for table in listed if table.table_id.startswith("run_")]
        return [table.table_id for table in staged if table.expires is None]


@contextmanager
def _own_metadata_server(variables: dict[str, str]) -> Iterator[None]:
    """Google's library reads where it is once, in the process that all runs fork from."""
    names = ("GCE_METADATA_HOST", "GCE_METADATA_IP")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: variables[name] for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _retry_seconds(faults: Mapping[str, Fault]) -> int:
    return _PATIENT_SECONDS if FOR_GOOD.isdisjoint(faults.values()) else _IMPATIENT_SECONDS


def _kill(process: ForkServerProcess) -> None:
    while process.pid is None:  # it may call before its start has returned here
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)


def _run(variables: dict[str, str], output: str) -> None:
    """In the process of the run: its own environment and output, then the command line."""
    ours = ("DOG_API", "BIGQUERY", "GCP_", "GOOGLE_", "CLOUD_", "GCE_")
    for name in [name for name in os.environ if name.startswith(ours)]:
        del os.environ[name]
    os.environ.update(variables)
    tempfile.tempdir = None
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", 1)
    _hurry()
    from dlt_ingestion.cli import main

    main(["--env-file", os.devnull, "run"])


def _hurry() -> None:
    """dlt looks every second whether a load job is done; here they are done at once."""
    from dlt.destinations.impl.bigquery import bigquery as loading

    loading.sleep = lambda sleep_seconds: time.sleep(sleep_seconds / 20)  # type: ignore[attr-defined]
