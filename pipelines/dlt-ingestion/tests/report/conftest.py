"""A headless Chromium, one for all tests of a worker, and pages of made-up reports in it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from dlt_ingestion.report.document import render
from dlt_ingestion.report.model import Report
from tests.report.made_up import NOW

OpenReport = Callable[..., Page]
CHART = "Chart.getChart(document.querySelector('#scatter canvas'))"


def wait_until(page: Page, expression: str) -> None:
    """Waits for JavaScript to be true. Playwright's own way evaluates text in the page itself,
    which the page's content security policy refuses.
    """
    deadline = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip(
            "there is no Chromium: apt-get install --no-install-recommends chromium, "
            "or CHROMIUM=<program>"
        )
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[OpenReport]:
    """Opens a report, or a file of one, offline; what the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_it(
        report: Report | Path,
        at: str = "",
        *,
        width: int = 1280,
        height: int = 800,
        color_scheme: str = "light",
        now: datetime | None = NOW,
    ) -> Page:
        path = report if isinstance(report, Path) else tmp_path / f"{len(contexts)}.html"
        if isinstance(report, Report):
            path.write_text(render(report), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True,
            color_scheme=color_scheme,  # type: ignore[arg-type]  # light or dark, by tests
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        if now is not None:  # it takes the place of the browser's clock, and of its measuring
            page.clock.set_fixed_time(now)
        page.goto(path.as_uri() + at)
        return page

    yield open_it
    for context in contexts:
        context.close()
    # The one thing that is loaded, and not there offline, is a breed's picture.
    assert [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []
