"""``check``: looks at everything that a run needs and says what is wrong and what to do."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from dlt_ingestion.api import DogApi
from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings
from dlt_ingestion.errors import IngestionError, SourceError, WarehouseBusyError
from dlt_ingestion.events import emit, hide
from dlt_ingestion.records import decode_page
from dlt_ingestion.runs import RunIdentity
from dlt_ingestion.warehouse import open_warehouse

Verdict = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``detail`` says what was found or what to do."""

    subject: str
    verdict: Verdict
    detail: str
    exit_code: int = 0


def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """Every finding, in the order in which a run would meet them. Writes nothing but its tables."""
    if not settings.sample:
        hide(settings.api_key)
    findings = [Finding("configuration", "ok", _configuration(settings))]
    findings.append(_finding("API and key", lambda: _api(settings, clock)))
    findings += _warehouse(settings, clock)
    if settings.report_bucket is not None:
        findings.append(_finding("report's bucket", lambda: _bucket(settings, clock)))
    for finding in findings:
        if finding.verdict == "failed":
            emit(
                "check_failed", level=logging.ERROR, subject=finding.subject, detail=finding.detail
            )
    return findings


def _configuration(settings: Settings) -> str:
    source = "the sample (no DOG_API_KEY)" if settings.sample else settings.api_url
    return f"{settings.environment}: {source} into {settings.warehouse_name}"


def _finding(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, "ok", look())
    except IngestionError as error:
        return Finding(subject, "failed", str(error), error.exit_code)


def _api(settings: Settings, clock: Clock) -> str:
    if settings.sample:
        return "not asked: without DOG_API_KEY a run reads the sample"
    once = replace(settings, api_max_attempts=1)
    with DogApi(once, clock) as api:
        answer = api.fetch(0, page_size=1)
    breeds = decode_page(answer.body, 0)
    if not breeds:
        raise SourceError(f"{settings.api_url} answered an empty list of breeds.")
    return f"answers with the key; {answer.count if answer.count is not None else 'unknown'} breeds"


def _bucket(settings: Settings, clock: Clock) -> str:
    from dlt_ingestion.report.bucket import Bucket

    return Bucket(settings.report_bucket or "", clock).examine()


def _warehouse(settings: Settings, clock: Clock) -> list[Finding]:
    identity = RunIdentity.new(settings, clock)
    warehouse = open_warehouse(settings, clock, f"check-{identity.run_id}")
    findings: list[Finding] = []
    try:
        for subject, look in warehouse.examinations():
            findings.append(_finding(subject, look))
            if findings[-1].verdict == "failed":
                break
    except WarehouseBusyError as error:
        findings.append(Finding("warehouse", "failed", str(error), error.exit_code))
    finally:
        warehouse.clean_up()
    return findings
