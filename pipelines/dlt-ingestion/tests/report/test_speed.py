"""Size and speed: 628 breeds in two megabytes and a second; 10,000 breeds still usable."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dlt_ingestion.report.document import render
from tests.report.conftest import CHART, OpenReport, wait_until
from tests.report.made_up import many, report

FIRST_VIEW_SECONDS = float(os.environ.get("REPORT_FIRST_VIEW_SECONDS") or 1)
LONGEST_ANSWER_MILLISECONDS = 500


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "ten-thousand.html"
    path.write_text(render(report(many(10_000))), encoding="utf-8")
    return path


def test_628_breeds_with_everything_are_under_two_megabytes() -> None:
    assert len(render(report(many(628))).encode()) < 2_000_000


def test_the_first_view_of_628_breeds_comes_within_a_second(open_report: OpenReport) -> None:
    page = open_report(report(many(628)), now=None)
    seconds = []
    for _ in range(3):  # the best of them: other tests share the processor
        page.reload()
        wait_until(page, "performance.getEntriesByName('first-contentful-paint').length > 0")
        painted, shown = (
            page.evaluate(f"performance.getEntriesByName('{name}')[0].startTime")
            for name in ("first-contentful-paint", "shown")
        )
        seconds.append(max(painted, shown) / 1000)
    assert page.locator("#breeds-table tbody tr").count() == 50
    assert min(seconds) < FIRST_VIEW_SECONDS


def test_ten_thousand_breeds_are_searched_sorted_and_plotted(
    open_report: OpenReport, ten_thousand: Path
) -> None:
    page = open_report(ten_thousand, now=None)
    expect(page.locator("#found")).to_have_text("All 10,000 breeds")
    wait_until(page, f"!!{CHART} && {CHART}.data.datasets[0].data.length > 9000")
    assert page.locator("#breeds-table tbody tr").count() == 50

    page.get_by_label("Search").fill("akita 9")
    expect(page.locator("#found")).to_contain_text("of 10,000")
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Height, centimetres").click()
    page.get_by_role("button", name="Last", exact=True).click()
    expect(page.locator("#pages")).to_contain_text("9,951 to 10,000 of 10,000 breeds")
    page.locator("#scatter").press("End")
    expect(page.locator("#scatter-said")).to_contain_text("kg")


@pytest.mark.parametrize(
    "action",
    [
        "const f = document.querySelector('#filter-text'); f.value = n % 2 ? '' : 'akita 9';"
        "f.dispatchEvent(new Event('input', {bubbles: true}))",
        "document.querySelector('[data-key=height]').click()",
        "document.querySelector('#scatter')"
        ".dispatchEvent(new KeyboardEvent('keydown', {key: n % 2 ? 'Home' : 'End'}))",
    ],
    ids=["search", "sort", "scatter"],
)
def test_ten_thousand_breeds_answer_without_a_wait(
    open_report: OpenReport, ten_thousand: Path, action: str
) -> None:
    """The time that the page itself takes; the best of some, for others share the processor."""
    page = open_report(ten_thousand, now=None)
    wait_until(page, f"!!{CHART} && {CHART}.data.datasets[0].data.length > 9000")
    milliseconds = page.evaluate(
        f"""() => [1, 2, 3, 4, 5, 6].map((n) => {{
          const started = performance.now();
          {action};
          return performance.now() - started;
        }})"""
    )
    assert min(milliseconds[0::2]) < LONGEST_ANSWER_MILLISECONDS
    assert min(milliseconds[1::2]) < LONGEST_ANSWER_MILLISECONDS
