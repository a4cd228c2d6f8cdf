"""Whether everyone can use the page: axe-core's rules, light and dark, phone and desktop; print."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.report.conftest import CHART, OpenReport, wait_until
from tests.report.made_up import FOUR_WEEKS, LAST, NOW, failed, report

SERIOUS = {"serious", "critical"}
VIEWS = ("#breeds", "#changes", f"#run/{LAST}", "#quality", "#breed/1001")


def serious_findings(page: Page) -> list[str]:
    """What axe-core finds serious or critical: the rule and where."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {[node['target'] for node in violation['nodes']]}"
        for violation in violations
        if violation["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_axe_has_no_serious_finding(
    open_report: OpenReport, color_scheme: str, size: tuple[int, int]
) -> None:
    page = open_report(report(), color_scheme=color_scheme, width=size[0], height=size[1])
    found = {}
    for view in VIEWS:
        page.goto(page.url.partition("#")[0] + view)
        page.wait_for_timeout(30)
        found[view] = serious_findings(page)
    assert not any(found.values()), found


def test_axe_has_no_serious_finding_in_bad_news_and_chosen_filters(open_report: OpenReport) -> None:
    page = open_report(report(runs=(failed("20261130T040300Z-f", "It is down."), *FOUR_WEEKS)))
    page.get_by_role("button", name="Loyal:").click()

    assert page.locator(".note.bad").count() == 1
    assert serious_findings(page) == []


def test_axe_would_find_a_fault(open_report: OpenReport) -> None:
    page = open_report(report())
    page.evaluate("document.querySelector('[for=filter-group]').remove()")
    page.evaluate("document.querySelector('#found').style.color = '#ccc'")

    rules = {finding.partition(":")[0] for finding in serious_findings(page)}

    assert rules == {"select-name", "color-contrast"}


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_wider_than_a_phone(open_report: OpenReport, view: str) -> None:
    page = open_report(report(), view, width=390, height=844)

    width = page.evaluate("document.documentElement.scrollWidth")

    assert width <= 390


def test_dark_mode_follows_the_readers_setting(open_report: OpenReport) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = open_report(report()).evaluate(background)
    dark = open_report(report(), color_scheme="dark").evaluate(background)

    assert light == "rgb(246, 245, 242)"
    assert dark == "rgb(21, 24, 23)"


def test_on_paper_all_rows_are_printed_and_controls_are_not(open_report: OpenReport) -> None:
    page = open_report(report())
    rows = page.locator("#breeds-table tbody tr")
    expect(rows).to_have_count(50)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    expect(rows).to_have_count(72)
    expect(page.locator("#filters")).not_to_be_visible()
    expect(page.get_by_role("navigation", name="Views")).not_to_be_visible()
    assert len(page.pdf()) > 10_000

    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(rows).to_have_count(50)


def test_in_dark_mode_too_the_plot_is_printed_in_dark_ink(open_report: OpenReport) -> None:
    page = open_report(report(), color_scheme="dark")
    wait_until(page, f"!!{CHART}")
    ink = f"{CHART}.options.scales.x.ticks.color"
    on_screen = page.evaluate(ink)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    on_paper = page.evaluate(ink)
    page.evaluate("dispatchEvent(new Event('afterprint'))")

    assert (on_screen, on_paper) == ("#a8b1ac", "#5b635e")
    assert page.evaluate(ink) == on_screen


def test_times_say_their_zone_and_figures_their_unit(open_report: OpenReport) -> None:
    page = open_report(report())

    expect(page.locator("#written")).to_contain_text(f"Written {NOW.day} Nov 2026, 04:05 UTC from")
    for column, unit in (("weight", "kg"), ("height", "cm"), ("life", "years")):
        for text in page.locator(f"td.column-{column}").all_inner_texts():
            assert text.strip().endswith(unit) or text == "not known"
    wait_until(page, "document.querySelector('#found').textContent.length > 0")
