"""The scatter in Chromium: it answers to the pointer and to keys alike."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.report.conftest import CHART, OpenReport, wait_until
from tests.report.made_up import many, report


@pytest.fixture
def page(open_report: OpenReport) -> Page:
    page = open_report(report())
    wait_until(page, f"!!{CHART}")
    return page


def place_of(page: Page, name: str) -> dict[str, float]:
    """Where a breed's point is on the screen."""
    found: dict[str, float] = page.evaluate(
        """name => {
          const canvas = document.querySelector("#scatter canvas");
          const chart = Chart.getChart(canvas);
          const index = chart.data.datasets[0].data.findIndex((p) => p.breed.name === name);
          const {x, y} = chart.getDatasetMeta(0).data[index], box = canvas.getBoundingClientRect();
          return {x: box.x + x, y: box.y + y};
        }""",
        name,
    )
    return found


def tooltip(page: Page) -> list[str]:
    """What the tooltip on the canvas says."""
    lines: Any = page.evaluate(f"{CHART}.tooltip.beforeBody")
    return list(lines or [])


def points(page: Page) -> list[int]:
    """How many points are drawn: of the breeds that fit the filters, and of the others."""
    counts: list[int] = page.evaluate(f"{CHART}.data.datasets.map((set) => set.data.length)")
    return counts


def test_the_pointer_over_a_point_shows_its_breed(page: Page) -> None:
    place = place_of(page, "Akita")
    page.mouse.move(place["x"], place["y"], steps=2)

    wait_until(page, f"{CHART}.tooltip.opacity > 0")
    assert "Akita: 32 to 59 kg, 10 to 13 years" in tooltip(page)


def test_a_click_on_a_point_opens_its_card(page: Page) -> None:
    place = place_of(page, "Akita")
    page.mouse.click(place["x"], place["y"])

    expect(page.get_by_role("dialog", name="Akita")).to_be_visible()


def test_a_click_on_a_point_of_several_breeds_names_them_all(open_report: OpenReport) -> None:
    breeds = many(3)
    for breed in breeds:
        breed |= {"weight": {"metric": "10-20"}, "life_span": "10-12"}
    page = open_report(report(breeds))
    wait_until(page, f"!!{CHART}")
    place = place_of(page, breeds[0]["name"])
    page.mouse.click(place["x"], place["y"])

    said = page.locator("#scatter-said")
    expect(said).to_contain_text("3 breeds at this point")
    said.get_by_role("link").nth(1).click()
    expect(page.get_by_role("dialog", name=breeds[1]["name"])).to_be_visible()


def test_arrow_keys_go_from_breed_to_breed_by_weight_and_by_life_span(page: Page) -> None:
    plot, said = page.get_by_role("application"), page.locator("#scatter-said")
    plot.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Chihuahua: ")
    lightest = tooltip(page)
    assert lightest[0].startswith("Chihuahua: ")

    page.keyboard.press("ArrowRight")
    expect(said).not_to_contain_text("Chihuahua")
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("Chihuahua")
    page.keyboard.press("End")
    heaviest = said.inner_text()
    page.keyboard.press("ArrowUp")

    assert said.inner_text() != heaviest
    assert "kg" in heaviest


def test_enter_opens_the_chosen_breed_and_escape_lets_it_go(page: Page) -> None:
    plot, said = page.get_by_role("application"), page.locator("#scatter-said")
    plot.press("Home")
    plot.press("Escape")
    expect(said).to_have_text("")
    plot.press("Enter")
    assert page.get_by_role("dialog").count() == 0

    plot.press("Home")
    plot.press("Enter")

    expect(page.get_by_role("dialog", name="Chihuahua")).to_be_visible()


def test_filters_leave_the_other_breeds_as_faint_points(page: Page) -> None:
    every, _ = points(page)
    page.get_by_label("Group", exact=True).select_option("Toy")

    fitting, others = points(page)

    assert 0 < fitting < every
    assert fitting + others == every


def test_breeds_without_a_point_are_counted_in_words(page: Page) -> None:
    expect(page.locator("#scatter-said")).to_have_text(
        "5 breeds without a known weight or life span have no point."
    )


def test_the_colours_follow_the_readers_setting(page: Page) -> None:
    colour = f"{CHART}.data.datasets[0].pointHoverBackgroundColor"
    light = page.evaluate(colour)

    page.emulate_media(color_scheme="dark")

    wait_until(page, f"{colour} !== {light!r}")
