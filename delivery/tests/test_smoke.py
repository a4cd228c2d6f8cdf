from datetime import UTC, datetime

import pytest

from delivery.errors import UnhealthyError
from delivery.smoke import smoke
from delivery.system import System
from tests.conftest import Programs
from tests.test_deploying import NEW, OLD, job

NAME = "dlt-dog-breeds-ingestion-abc12"
GOOD: dict[str, str | None] = {
    "status": "published",
    "breeds_published": "72",
    "image_digest": NEW,
    "error_class": None,
    "error_message": None,
    "observed_at": "2026-11-30T04:00:05+00:00",
}


@pytest.fixture
def ran(programs: Programs, system: System) -> Programs:
    """An execution that has ended well."""
    programs.answer("run jobs list", job(system, NEW))
    programs.answer("run jobs execute", {"metadata": {"name": NAME}})
    programs.answer(f"executions describe {NAME}", ended("True", ""))
    programs.answer("ingestion_runs", [GOOD])
    programs.answer("AS breeds FROM", [{"breeds": "72"}])
    return programs


def ended(status: str, message: str) -> dict[str, object]:
    return {
        "metadata": {"creationTimestamp": "2026-11-30T04:00:00.123456Z"},
        "status": {
            "completionTime": "2026-11-30T04:00:20Z",
            "conditions": [{"type": "Completed", "status": status, "message": message}],
        },
    }


def test_a_run_with_fresh_rows_is_good(
    ran: Programs, system: System, capsys: pytest.CaptureFixture[str]
) -> None:
    smoke(system)
    assert "took 20 s: published, 72 breeds" in capsys.readouterr().out


def test_an_unchanged_run_is_good_as_well(ran: Programs, system: System) -> None:
    ran.answer("ingestion_runs", [{**GOOD, "status": "unchanged"}])
    smoke(system)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": "superseded"}, "is superseded"),
        ({"breeds_published": "70"}, "72 rows in breeds, and the run of .* says 70"),
        ({"observed_at": "2026-11-23T04:00:05+00:00"}, "not fresh"),
        ({"image_digest": OLD}, "IMAGE_DIGEST come from elsewhere"),
    ],
)
def test_rows_that_are_not_as_they_must_be_are_told(
    change: dict[str, str], told: str, ran: Programs, system: System
) -> None:
    ran.answer("ingestion_runs", [{**GOOD, **change}])
    with pytest.raises(UnhealthyError, match=told):
        smoke(system)


def test_an_empty_table_is_told(ran: Programs, system: System) -> None:
    ran.answer("AS breeds FROM", [{"breeds": "0"}])
    with pytest.raises(UnhealthyError, match="There are 0 rows"):
        smoke(system)


def test_a_failed_execution_is_told_with_the_pipelines_own_reason(
    ran: Programs, system: System
) -> None:
    ran.answer(f"executions describe {NAME}", ended("False", "Task failed."))
    failed = {"status": "failed", "error_class": "SourceError", "error_message": "short page"}
    ran.answer("ingestion_runs", [{**GOOD, **failed}])
    with pytest.raises(UnhealthyError, match=r"Task failed\. SourceError: short page"):
        smoke(system)


def test_one_that_failed_before_there_were_tables_is_told_as_well(
    ran: Programs, system: System
) -> None:
    ran.answer(f"executions describe {NAME}", ended("False", "Memory limit exceeded."))
    ran.answer("ingestion_runs", "Not found: Table", status=1)
    with pytest.raises(UnhealthyError, match=r"Memory limit exceeded\. Its log: gcloud logging"):
        smoke(system)


def test_a_run_that_wrote_elsewhere_is_told(ran: Programs, system: System) -> None:
    ran.answer("ingestion_runs", [])
    with pytest.raises(UnhealthyError, match="BIGQUERY_DATASET"):
        smoke(system)


def test_times_are_those_of_cloud_run() -> None:
    """``fromisoformat`` takes the Z since Python 3.11, the least that this package asks for."""
    moment = datetime(2026, 11, 30, 4, 0, 20, tzinfo=UTC)
    assert datetime.fromisoformat("2026-11-30T04:00:20Z") == moment
