"""A whole system under test: an API, a warehouse, the command line, and what must always hold."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from dlt_ingestion.cli import main
from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings, load_settings
from dlt_ingestion.sample.server import SampleServer
from dlt_ingestion.warehouse import open_warehouse

KEY = "live_tests-0123456789abcdef"
_HASH_MODULUS = 1 << 256


@dataclass(frozen=True)
class Ended:
    """How a command ended; ``stdout`` is everything that it printed."""

    returncode: int
    stdout: str


@dataclass
class System:
    """Runs the command line against ``api`` into one warehouse and looks at its tables."""

    folder: Path
    api: SampleServer
    variables: dict[str, str]
    outputs: list[str] = field(default_factory=list)

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a run, over the machine's own."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DOG_API", "BIGQUERY"))},
            "DOG_API_KEY": KEY,
            "DOG_API_BASE_URL": self.api.base_url,
            "DOG_API_REQUESTS_PER_MINUTE": "0",
            "ENVIRONMENT": "test",
            "LOG_FORMAT": "json",
            **self.variables,
            **more,
        }

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Starts the command line as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "dlt_ingestion", *arguments],
            cwd=self.folder, env=self.environment(**more), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str, **more: str) -> Ended:
        """Runs the command line to its end, in this process."""
        command = ["--env-file", str(self.folder / ".env"), *(arguments or ("run",))]
        result = CliRunner().invoke(main, command, env=self._only(self.environment(**more)))
        self.outputs.append(result.output)
        return Ended(result.exit_code, result.output)

    def run_apart(self, *arguments: str, **more: str) -> Ended:
        """Runs the command line to its end, as a process of its own."""
        process = self.start(*(arguments or ("run",)), **more)
        printed, _ = process.communicate(timeout=100)
        self.outputs.append(printed)
        return Ended(process.returncode, printed)

    @staticmethod
    def _only(environment: Mapping[str, str]) -> dict[str, str | None]:
        """The environment, and nothing else of this process's."""
        return {**dict.fromkeys(os.environ), **environment}

    def settings(self, **more: str) -> Settings:
        """The settings that a run would have."""
        return load_settings(self.environment(**more), dotenv=None)

    def rows(self, table: str, where: str = "TRUE", order: str = "1") -> list[dict[str, Any]]:
        """Rows of a published table, in order."""
        warehouse = open_warehouse(self.settings(), Clock(), f"look-{os.urandom(6).hex()}")
        try:
            with warehouse.session():
                name = warehouse.dialect.table(table)
                sql = f"SELECT * FROM {name} WHERE {where} ORDER BY {order}"
                return [dict(row) for row in warehouse.execute(os.urandom(6).hex(), [sql], {})]
        finally:
            warehouse.clean_up()

    def last_run(self) -> dict[str, Any]:
        """The row of the latest run."""
        return self.rows("ingestion_runs", order="started_at DESC")[0]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """What readers see of breeds, but for the run that put it there."""
        orders = {
            "breeds": "breed_id",
            "breed_temperaments": "breed_id, position",
            "breed_issues": "breed_id, field",
        }
        found = {table: self.rows(table, order=order) for table, order in orders.items()}
        return {
            table: [{k: v for k, v in row.items() if k != "run_id"} for row in rows]
            for table, rows in found.items()
        }


@dataclass(frozen=True)
class Look:
    """Published runs (newest first), the rows of the tables, and answers, all of one moment."""

    runs: list[dict[str, Any]]
    breeds: list[dict[str, Any]]
    temperaments: list[dict[str, Any]]
    issues: list[dict[str, Any]]
    history: list[dict[str, Any]]
    payloads: list[dict[str, Any]]

    def assert_whole(self) -> None:
        """The published tables are exactly one run's content; history and answers agree."""
        breeds, temperaments, issues = self.breeds, self.temperaments, self.issues
        if not self.runs:
            assert not breeds + temperaments + issues + self.history
            return
        latest = self.runs[0]
        assert {row["run_id"] for row in breeds + temperaments + issues} == {latest["run_id"]}
        assert len(breeds) == latest["breeds_published"]
        total = sum(int(row["content_sha256"], 16) for row in breeds) % _HASH_MODULUS
        assert f"{total:064x}" == latest["content_sha256"]
        current = [row for row in self.history if row["valid_to"] is None]
        assert _pairs(current) == _pairs(breeds)
        words = [word for row in breeds for word in (row["temperaments"] or "").split(", ") if word]
        assert sorted(words) == sorted(row["temperament"] for row in temperaments)
        flagged = [value for row in breeds for value in json.loads(row["flagged_values"] or "[]")]
        assert sorted(v["raw_text"] for v in flagged) == sorted(row["raw_text"] for row in issues)
        stored = {row["sha256"] for row in self.payloads if row["body"] is not None}
        assert {row["sha256"] for row in self.payloads} == stored


def assert_whole(system: System) -> None:
    """The published tables are exactly one run's content, and history and answers agree."""
    _of_one_moment(system).assert_whole()


def _of_one_moment(system: System) -> Look:
    """A script that a killed run had handed in may commit while the tables are read one by one."""
    for _ in range(20):
        runs = _published_runs(system)
        look = Look(
            runs,
            system.rows("breeds", order="breed_id"),
            system.rows("breed_temperaments"),
            system.rows("breed_issues"),
            system.rows("breeds_history", order="breed_id, valid_from"),
            system.rows("api_payloads"),
        )
        if runs == _published_runs(system):
            return look
    raise AssertionError("the tables never stood still")


def _published_runs(system: System) -> list[dict[str, Any]]:
    return system.rows("ingestion_runs", "published_at IS NOT NULL", "published_at DESC")


def _pairs(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return sorted((row["breed_id"], row["content_sha256"]) for row in rows)
