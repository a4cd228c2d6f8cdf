"""The report of the API's own records, where they are at hand: what is odd in them is shown."""

import json

from playwright.sync_api import expect

from tests.report.conftest import CHART, OpenReport, wait_until
from tests.report.made_up import report


def test_all_records_of_2025_are_shown(records_of_2025: bytes, open_report: OpenReport) -> None:
    breeds = json.loads(records_of_2025)
    page = open_report(report(breeds))

    expect(page.locator("#found")).to_have_text("All 172 breeds")
    wait_until(page, f"!!{CHART} && {CHART}.data.datasets[0].data.length > 160")
    page.goto(page.url.partition("#")[0] + "#breed/179")
    expect(page.get_by_role("dialog")).to_contain_text("Values that could not be read")
    expect(page.get_by_role("dialog")).to_contain_text("NaN")


def test_records_of_2026_are_shown(records_of_2026: bytes, open_report: OpenReport) -> None:
    breeds = json.loads(records_of_2026)
    page = open_report(report(breeds), "#quality")

    expect(page.locator("#view-quality")).to_contain_text("could not be read")
    page.goto(page.url.partition("#")[0] + "#breeds")
    assert page.locator("#breeds-table tbody tr").count() == len(breeds)
