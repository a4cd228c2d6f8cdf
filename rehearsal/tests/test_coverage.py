"""COVERAGE.md tells the truth."""

from pathlib import Path

import pytest

from rehearsal.coverage import PAGE, called_methods, page
from rehearsal.services import all_services

RECORDED = Path(__file__).parents[3] / "shared" / "gcp" / "methods.md"


def test_every_method_that_the_tools_call_is_here() -> None:
    here = {method_id for service in all_services() for _, _, method_id in service.methods}
    assert [one for one in called_methods() if one not in here] == []


def test_the_page_is_the_one_that_would_be_generated() -> None:
    assert PAGE.read_text() == page(all_services()), "run `make docs`"


def test_the_list_of_called_methods_is_the_recorded_one() -> None:
    if not RECORDED.exists():
        pytest.skip(f"{RECORDED.name} is not beside this project; only its authors have it")
    rows = [line.split("|")[1].strip() for line in RECORDED.read_text().splitlines() if "|" in line]
    assert set(called_methods()) == {row for row in rows if "." in row}


def test_every_source_is_of_a_known_form() -> None:
    sources = {
        served.source for service in all_services() for served in service.methods.values()
    } | {raw.served.source for service in all_services() for raw in service.raw_routes}
    known = {"recorded", "unverified"}
    assert [one for one in sources - known if not one.startswith("https://")] == []
