"""The view of breeds in Chromium: search, each filter, sorting, pages, temperaments, cards."""

import re

import pytest
from playwright.sync_api import Page, expect

from dlt_ingestion.sample.server import sample_breeds
from tests.report.conftest import OpenReport
from tests.report.made_up import FIRST, LAST, SCRIPT_NAME, many, report


def names(page: Page) -> list[str]:
    """The breeds in the table, in order."""
    return page.locator("#breeds-table tbody th a").all_text_contents()


def _weights() -> list[str]:
    return [breed["weight"]["metric"] or "" for breed in sample_breeds()]


def found(page: Page) -> str:
    return page.locator("#found").inner_text()


@pytest.fixture
def page(open_report: OpenReport) -> Page:
    return open_report(report())


def test_a_search_finds_breeds_by_every_word_of_name_origin_or_temperament(page: Page) -> None:
    page.get_by_label("Search").press_sequentially("japan loyal")

    wanted = [
        breed["name"]
        for breed in sample_breeds()
        if "Japan" in breed["origin"] and "loyal" in breed["temperament"].lower()
    ]
    assert names(page) == sorted(wanted)
    assert 0 < len(wanted) < 72
    assert found(page).endswith("of 72")


def test_a_search_goes_without_accents_and_capitals(open_report: OpenReport) -> None:
    breeds = many(2)
    breeds[0]["name"] = "Löwchen"
    page = open_report(report(breeds))
    page.get_by_label("Search").fill("LOWCH")

    assert names(page) == ["Löwchen"]


def test_the_filter_by_group_shows_its_breeds_only(page: Page) -> None:
    page.get_by_label("Group", exact=True).select_option("Toy")

    wanted = [breed["name"] for breed in sample_breeds() if breed["breed_group"] == "Toy"]
    assert names(page) == sorted(wanted)
    assert found(page) == f"{len(wanted)} breeds of 72"


def test_the_filter_by_origin_knows_each_of_several_countries(page: Page) -> None:
    page.get_by_label("Origin", exact=True).select_option("Niger")

    assert names(page) == ["Azawakh"]


def test_the_filter_by_temperament_and_its_bar_are_one(page: Page) -> None:
    page.get_by_label("Temperament", exact=True).select_option("Aloof")
    bar = page.get_by_role("button", name="Aloof:")
    expect(bar).to_have_attribute("aria-pressed", "true")
    filtered = names(page)
    assert "Afghan Hound" in filtered

    bar.click()

    assert found(page) == "All 72 breeds"
    assert len(filtered) < 50


def test_the_filter_by_size_goes_by_the_middle_of_the_weight(page: Page) -> None:
    size = page.get_by_label("Size", exact=True)
    size.select_option("toy")
    assert "Affenpinscher" in names(page)
    assert "Akita" not in names(page)

    size.select_option("unknown")

    assert names(page) == ["Bakharwal Dog"]


def test_filters_work_together_and_clear_brings_all_back(page: Page) -> None:
    page.get_by_label("Group", exact=True).select_option("Hound")
    page.get_by_label("Origin", exact=True).select_option("Afghanistan")
    assert names(page) == ["Afghan Hound"]

    page.get_by_role("button", name="Clear").click()

    expect(page.locator("#found")).to_have_text("All 72 breeds")


def test_a_search_that_finds_nothing_says_so(page: Page) -> None:
    page.get_by_label("Search").fill("no such dog")

    assert found(page) == "0 breeds of 72"
    assert names(page) == []


def test_headings_sort_both_ways_by_click_and_by_key_with_unknown_last(page: Page) -> None:
    heading = page.get_by_role("button", name="Weight, kilograms")
    heading.click()
    assert names(page)[0] == "Chihuahua"

    heading.press("Enter")

    assert names(page)[0] in {"English Mastiff", "Saint Bernard", "Mastiff", "Great Dane"}
    expect(page.locator("#breeds-table th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Last", exact=True).click()
    assert names(page)[-1] == "Bakharwal Dog"


def test_pages_are_turned_by_click_and_by_key(page: Page) -> None:
    assert len(names(page)) == 50

    page.get_by_role("button", name="Next").press("Enter")

    assert len(names(page)) == 22
    expect(page.locator("#pages")).to_contain_text("51 to 72 of 72 breeds")
    expect(page.get_by_role("button", name="Next")).to_be_focused()


def test_a_range_is_a_bar_from_its_low_to_its_high_end(page: Page) -> None:
    row = page.get_by_role("row", name="Akita")
    filled, track = (
        row.locator(selector).first.bounding_box()
        for selector in (".column-weight .bar i", ".column-weight .bar")
    )
    assert filled is not None
    assert track is not None
    heaviest = max(float(n) for text in _weights() for n in re.findall(r"[0-9.]+", text))
    expect(row).to_contain_text("32 to 59 kg")
    assert filled["x"] - track["x"] == pytest.approx(track["width"] * 32 / heaviest, abs=2)
    assert filled["width"] == pytest.approx(track["width"] * (59 - 32) / heaviest, abs=2)


def test_all_temperaments_show_on_demand(page: Page) -> None:
    assert page.locator("#temperaments li").count() == 12

    page.get_by_role("button", name="Show all").click()

    words = {word.strip().lower() for b in sample_breeds() for word in b["temperament"].split(",")}
    assert page.locator("#temperaments li").count() == len(words)


def test_a_card_shows_the_breed_its_history_and_where_its_row_came_from(page: Page) -> None:
    page.get_by_role("link", name="Affenpinscher").click()
    card = page.get_by_role("dialog", name="Affenpinscher")

    expect(card).to_contain_text("3.2 to 4.5 kg")
    expect(card).to_contain_text("12 to 15 years")
    expect(card).to_contain_text("life span from “12-15” to “12-16”")
    expect(card).to_contain_text(f"Added 9 Nov 2026, 04:00 UTC, by run {FIRST}")
    expect(card).to_contain_text(f"30 Nov 2026, 04:00 UTC, by run {LAST}")
    expect(card).to_contain_text("page 1 of https://api.thedogapi.com/v1/breeds?limit=1000&page=0")
    expect(card.get_by_role("img", name="The picture can't be loaded")).to_be_visible()


def test_a_card_closes_by_key_and_gives_the_focus_back(page: Page) -> None:
    link = page.get_by_role("link", name="Akita")
    link.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_card_shows_flagged_values_with_their_raw_text(page: Page) -> None:
    expect(page.get_by_role("row", name="Bakharwal Dog")).to_contain_text("4 flagged")
    page.get_by_role("link", name="Bakharwal Dog").click()

    table = page.get_by_role("dialog").get_by_role("table")

    assert table.get_by_role("row").count() == 5
    expect(table).to_contain_text("unknown")
    expect(table).to_contain_text("weight (kilograms)")


def test_a_breeds_picture_is_asked_for_only_when_its_card_is_open(
    open_report: OpenReport,
) -> None:
    page = open_report(report())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Search").fill("akita")
    assert asked == []

    page.get_by_role("link", name="Akita").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.wait_for_timeout(50)

    assert asked == [breed["image"]["url"] for breed in sample_breeds() if breed["name"] == "Akita"]


def test_a_breed_called_script_is_text_everywhere(open_report: OpenReport) -> None:
    breeds = many(5)
    breeds[0] |= {"name": SCRIPT_NAME, "description": "</script><script>alert(1)</script>\u2028"}
    page = open_report(report(breeds))
    assert SCRIPT_NAME in names(page)

    page.locator("#scatter").press("Home")
    page.get_by_role("link", name="<script>").first.click()

    expect(page.locator("#card-title")).to_have_text(SCRIPT_NAME)
    expect(page.get_by_role("dialog")).to_contain_text("</script><script>alert(1)</script>")
    for view in ("changes", "runs", "quality"):
        page.goto(page.url.partition("#")[0] + f"#{view}")
    assert "owned" not in page.title()
    assert page.locator("img[src='x']").count() == 0
