import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from delivery.errors import ProgramError, UnhealthyError
from delivery.pull_requests import PullRequest, sweep
from delivery.system import System
from tests.conftest import Programs

NOW = datetime(2026, 11, 30, 2, 17, tzinfo=UTC)
KEY = "live_0123456789"


def listed(name: str, purpose: str = "pull-request") -> dict[str, object]:
    return {"datasetReference": {"datasetId": name}, "labels": {"purpose": purpose}}


def created(hours_ago: int) -> dict[str, str]:
    moment = NOW - timedelta(hours=hours_ago)
    return {"creationTime": str(int(moment.timestamp() * 1000))}


def test_only_old_datasets_with_name_and_label_are_swept(
    programs: Programs, system: System
) -> None:
    old = ["dog_breeds_pr_1", "dog_breeds_pr_1_staging"]
    others = [
        listed("dog_breeds_pr_2"),
        listed("dog_breeds_raw"),
        listed("dog_breeds_pr_3", "keep"),
        listed("dog_breeds_pr_4_mine"),
    ]
    programs.answer("bq ls", [*map(listed, old), *others])
    programs.answer("bq show", created(25))
    programs.answer("dog-breeds-demo:dog_breeds_pr_2", created(1))
    programs.answer("bq rm", "")
    assert sweep(system, timedelta(hours=24), NOW) == old
    assert len(programs.called("bq rm")) == 2


def test_a_run_gets_the_key_and_its_own_datasets_and_nobody_else_sees_the_key(
    programs: Programs, system: System, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    programs.answer("bq rm", "")
    programs.answer("bq mk", "")
    programs.answer("bq query", [{"breeds": "72"}])
    programs.answer("secrets versions access latest --secret=dog-api-key-pr", KEY)
    seen = tmp_path / "seen"
    script = f"import json, os; json.dump(dict(os.environ), open({str(seen)!r}, 'w'))"
    PullRequest(system, 12).run([sys.executable, "-c", script])
    text = seen.read_text()
    assert f'"DOG_API_KEY": "{KEY}"' in text
    assert '"BIGQUERY_DATASET": "dog_breeds_pr_12"' in text
    assert '"BIGQUERY_STAGING_DATASET": "dog_breeds_pr_12_staging"' in text
    assert KEY not in "".join(capfd.readouterr())
    assert all("--default_table_expiration=86400" in call for call in programs.called("bq mk"))


@pytest.mark.parametrize(
    ("command", "rows", "error"),
    [("sys.exit(3)", "72", ProgramError), ("", "0", UnhealthyError)],
    ids=["it failed", "it left nothing"],
)
def test_a_run_that_failed_or_left_nothing_is_told(
    command: str, rows: str, error: type[Exception], programs: Programs, system: System
) -> None:
    programs.answer("bq", "")
    programs.answer("bq query", [{"breeds": rows}])
    programs.answer("secrets versions access", KEY)
    with pytest.raises(error):
        PullRequest(system, 12).run([sys.executable, "-c", f"import sys; {command}"])
