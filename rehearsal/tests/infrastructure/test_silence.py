"""The alert about silence, asked of Prometheus's own engine: the module's query, over weeks."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.configuration import MODULE

CASES = "no_success.promtool.yaml"
QUERY = (MODULE / "queries" / "no_success.promql").read_text(encoding="utf-8").strip()
RULES = """groups:
  - name: silence
    interval: 1h
    rules:
      - alert: NoSuccess
        for: {duration}
        expr: '{query}'
"""


@pytest.fixture(autouse=True)
def promtool() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("not installed: promtool (apt-get install prometheus)")


def verdict(folder: Path, query: str) -> subprocess.CompletedProcess[str]:
    """What the cases say of a query for the guide's job and eight days."""
    rendered = query.replace("${job_name}", "dlt-dog-breeds-ingestion").replace("${days}", "8")
    rules = RULES.format(duration=wait(), query=rendered)
    (folder / "no_success.rules.yaml").write_text(rules, encoding="utf-8")
    shutil.copy(MODULE / "tests" / CASES, folder)
    return subprocess.run(
        ["promtool", "test", "rules", CASES], cwd=folder, capture_output=True, text=True
    )


def wait() -> str:
    """How long the condition must hold, as the module says it."""
    alerts = (MODULE / "alerts.tf").read_text(encoding="utf-8")
    found = re.search(r"query += local\.no_success_query\n +duration += \"(\d+s)\"", alerts)
    assert found is not None
    return found[1]


def test_silence_is_told_and_success_is_not(tmp_path: Path) -> None:
    ended = verdict(tmp_path, QUERY)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "worse",
    [
        QUERY.replace("count_over_time", "increase"),  # empty for a single sample
        QUERY.replace(" or vector(0)", ""),  # empty where nothing ever ran
        QUERY.replace("${days}d", "23h"),
        QUERY.replace('result="succeeded",', ""),
        QUERY.replace(',job_name="${job_name}"', ""),
    ],
)
def test_a_worse_query_would_be_noticed(tmp_path: Path, worse: str) -> None:
    assert worse != QUERY
    assert verdict(tmp_path, worse).returncode == 1


def test_the_dashboard_counts_what_the_alert_counts() -> None:
    shown = (MODULE / "queries" / "successes.promql").read_text(encoding="utf-8").strip()
    assert f"({shown}) < 1" == QUERY
