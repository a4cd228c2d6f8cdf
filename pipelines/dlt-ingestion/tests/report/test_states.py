"""What the page says of a warehouse that is empty, failed or old, and of itself when it is old."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.report.conftest import OpenReport
from tests.report.made_up import FOUR_WEEKS, NOW, empty, failed, report, run


def notes(page: Page) -> str:
    return page.locator("#notes").inner_text()


def test_a_good_warehouse_needs_no_words(open_report: OpenReport) -> None:
    assert notes(open_report(report())) == ""


def test_an_empty_warehouse_says_that_it_is_and_what_fills_it(open_report: OpenReport) -> None:
    page = open_report(empty())

    assert "This warehouse is empty: no run is recorded yet." in notes(page)
    assert "dlt-ingestion run" in notes(page)
    expect(page.locator("#summary")).to_have_text("Nothing is published yet")
    for view, said in {
        "changes": "No run has published anything yet",
        "runs": "No run has succeeded yet.",
        "quality": "There are no breeds",
    }.items():
        page.goto(page.url.partition("#")[0] + f"#{view}")
        expect(page.locator(f"#view-{view}")).to_contain_text(said)


def test_a_warehouse_whose_first_run_failed_says_why(open_report: OpenReport) -> None:
    runs = [failed("20261130T040000Z-ffffff", "The API refused the key (403). Set DOG_API_KEY.")]
    page = open_report(report([], runs=runs, published_run_id=None, changes=()))

    assert "The last run, 30 Nov 2026, 04:00 UTC, failed: The API refused the key" in notes(page)
    assert "Nothing has been published yet" in notes(page)


def test_a_failure_after_a_publication_says_that_the_tables_are_whole(
    open_report: OpenReport,
) -> None:
    runs = (failed("20261130T040300Z-ffffff", "The API is down."), *FOUR_WEEKS)
    page = open_report(report(runs=runs))

    assert "failed: The API is down." in notes(page)
    assert "The tables are whole and as published 30 Nov 2026, 04:00 UTC." in notes(page)


def test_an_interrupted_run_is_told_as_such(open_report: OpenReport) -> None:
    killed = run("20261130T040300Z-ffffff", "interrupted", error_message="Ended by SIGTERM.")
    page = open_report(report(runs=(killed, *FOUR_WEEKS)))

    assert "was interrupted: Ended by SIGTERM." in notes(page)


def test_a_late_and_a_very_old_warehouse_say_so(open_report: OpenReport) -> None:
    for days, said in ((8, "These data are late."), (400, "These data are very old.")):
        later = NOW + timedelta(days=days)
        page = open_report(report(written_at=later), now=later)
        assert said in notes(page)
        assert f"ended {days} days ago" in notes(page)
        assert "none has succeeded since" in notes(page)


def test_a_page_that_was_kept_says_that_it_is_old(open_report: OpenReport) -> None:
    page = open_report(report(), now=NOW + timedelta(days=30))

    assert "This page itself was written 30 days ago" in notes(page)
    assert "These data are very old." in notes(page)


def test_the_sample_is_not_taken_for_the_api(open_report: OpenReport) -> None:
    assert "not The Dog API" in notes(open_report(report(sample=True)))


def test_lists_that_are_cut_say_where_the_rest_is(open_report: OpenReport) -> None:
    page = open_report(report(cut=["runs", "changes"]), "#changes")
    expect(page.locator("#view-changes")).to_contain_text("breeds_history has them all")
    page.goto(page.url.partition("#")[0] + "#runs")
    expect(page.locator("#freshness")).to_contain_text("ingestion_runs has the earlier ones")


def test_without_scripts_the_page_says_that_it_needs_them(open_report: OpenReport) -> None:
    page = open_report(report())
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(page.url)

    assert "this browser runs none" in plain.inner_text("main")
    context.close()
