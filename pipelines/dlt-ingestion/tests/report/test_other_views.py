"""Changes, runs and data quality in Chromium, and the links between them."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.report.conftest import OpenReport
from tests.report.made_up import FIRST, FOUR_WEEKS, LAST, NOW, report, run


@pytest.fixture
def page(open_report: OpenReport) -> Page:
    return open_report(report())


def view(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=2)).to_be_visible()


def test_the_views_are_links_that_tell_which_one_is_seen(page: Page) -> None:
    for name in ("Changes", "Runs", "Data quality", "Breeds"):
        view(page, name)
        assert page.locator("header nav [aria-current=page]").all_text_contents() == [name]
        assert page.locator("main > section:visible").count() == 1
        assert page.title().startswith(name)


def test_the_views_are_reached_by_keys_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Changes", level=2)).to_be_visible()


def test_changes_are_told_in_words_the_newest_first(page: Page) -> None:
    view(page, "Changes")
    articles = page.get_by_role("article")

    newest = articles.first
    expect(newest).to_contain_text("Monday, 30 November 2026 (UTC)")
    expect(newest).to_contain_text("1 breed added, 1 changed, and 1 removed, 72 breeds in all.")
    expect(newest).to_contain_text("life span from “12-15” to “12-16”")
    expect(newest).not_to_contain_text("max years")  # its text says so already
    expect(newest).to_contain_text("Turnspit Dog")
    expect(articles.nth(1)).to_contain_text("72 breeds added, 72 breeds in all.")


def test_a_long_text_is_shown_before_and_after_on_demand(page: Page) -> None:
    view(page, "Changes")
    before = page.get_by_text("Before: ").first
    expect(before).not_to_be_visible()

    page.get_by_text("description was rewritten").press("Enter")

    expect(before).to_be_visible()
    expect(page.get_by_text("Longer. Longer.").first).to_be_visible()


def test_more_breeds_than_fit_are_shown_on_demand(page: Page) -> None:
    view(page, "Changes")
    assert page.get_by_role("article").nth(1).get_by_role("listitem").count() == 40

    page.get_by_text("and 31 more").click()

    expect(page.get_by_role("article").nth(1).get_by_role("listitem")).to_have_count(71)


def test_many_changes_are_shown_on_demand(open_report: OpenReport) -> None:
    made = report()
    (changed,) = (change for change in made.changes if change.change == "changed")
    page = open_report(report(changes=[changed] * 50), "#changes")
    assert page.locator("ul.changed > li").count() == 40

    page.get_by_text("and 10 more").click()

    expect(page.locator("ul.changed > li")).to_have_count(50)


def test_runs_that_found_nothing_new_are_told(open_report: OpenReport) -> None:
    runs = (run("20261130T040100Z-eeeeee", "unchanged"), *FOUR_WEEKS)
    page = open_report(report(runs=runs), "#changes")

    expect(page.locator("#changes-list > p").first).to_contain_text(
        "Since then one run, 30 Nov 2026, 04:01 UTC, read the same content again"
    )


def test_each_run_tells_how_it_ended_how_long_it_took_and_what_it_changed(page: Page) -> None:
    view(page, "Runs")
    lines = page.locator("#runs-list > li").all_inner_texts()

    assert len(lines) == len(FOUR_WEEKS)
    for line, said in zip(lines, ("Published", "Failed", "Nothing changed"), strict=False):
        assert said in line
        assert "4.2 seconds" in line
    assert "did not answer within 6 tries" in lines[1]
    assert "72 breeds read, the same as before" in lines[2]
    assert "72 breeds added" in lines[3]


def test_a_run_opens_to_its_audits_and_answers(page: Page) -> None:
    view(page, "Runs")
    page.locator("#runs-list summary").last.press("Enter")
    detail = page.locator("#runs-list .detail")

    audits = detail.get_by_role("table", name="Audits")
    expect(audits).to_contain_text("all rows staged")
    expect(audits.get_by_role("row", name="enough breeds")).to_contain_text(
        "failed, and accepted by a person"
    )
    answers = detail.get_by_role("table", name="Answers of the API")
    expect(answers).to_contain_text("9 Nov 2026, 04:00 UTC")
    expect(detail).to_contain_text("72 breeds, 3 pages, 3 requests, 66.8 kilobytes")
    expect(detail).to_contain_text(FIRST)


def test_freshness_is_measured_when_the_page_is_read(open_report: OpenReport) -> None:
    page = open_report(report(), "#runs", now=NOW + timedelta(days=2))
    expect(page.locator("#freshness")).to_contain_text(
        "The last successful run ended 2 days ago, 30 Nov 2026, 04:00 UTC. "
        "A run is due every 7 days, the next one by 7 Dec 2026, 04:00 UTC."
    )


@pytest.mark.parametrize("address", ["#%", "#breed/%E0%A4%A", "#breed/none", "#run/none", "#x"])
def test_an_address_that_names_nothing_leads_to_a_view(
    open_report: OpenReport, address: str
) -> None:
    page = open_report(report(), address)

    assert page.locator("main > section:visible").count() == 1
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_link_to_a_run_opens_it_from_anywhere(page: Page) -> None:
    page.get_by_role("link", name="Affenpinscher").click()
    page.get_by_role("dialog").get_by_role("link", name=LAST).first.click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"#run-{LAST}")).to_have_attribute("open", "")
    expect(page.locator(f"#run-{LAST} summary")).to_be_focused()


def test_more_runs_than_fit_are_shown_on_demand(open_report: OpenReport) -> None:
    runs = [run(f"2026{n:04}T040000Z-{n:06x}", "unchanged") for n in range(1231, 1200, -1)]
    page = open_report(report(runs=[*runs, FOUR_WEEKS[0]]), "#runs")
    assert page.locator("#runs-list > li").count() == 25

    page.get_by_role("button", name="Show earlier runs").press("Enter")

    assert page.locator("#runs-list > li").count() == 32
    expect(page.locator("#runs-list summary").nth(25)).to_be_focused()


def test_data_quality_counts_flagged_values_by_field_and_reason(page: Page) -> None:
    view(page, "Data quality")
    table = page.get_by_role("table", name="Flagged values by field and reason")

    row = table.get_by_role("row", name="weight (kilograms)")
    expect(row).to_contain_text("holds no number")
    expect(row.get_by_role("cell").last).to_have_text("1")
    expect(page.locator("#quality-tables")).to_contain_text("4 values of 1 breed could not be read")
    listed = page.get_by_role("table", name="Flagged values", exact=True)
    listed.get_by_role("link", name="Bakharwal Dog").first.click()
    expect(page.get_by_role("dialog", name="Bakharwal Dog")).to_be_visible()


def test_data_quality_shows_the_coverage_of_each_column(page: Page) -> None:
    view(page, "Data quality")
    table = page.get_by_role("table", name="How many breeds have a value, by column")

    row = table.get_by_role("row", name="life_span_min_years")
    expect(row).to_contain_text("Lowest usual life span in years")
    expect(row).to_contain_text("50% (36)")
