"""The costs page: computed from its prices, and current."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.e2e.deployment import REPOSITORY


@pytest.fixture(scope="module")
def costs() -> ModuleType:
    """The script that makes the page."""
    path = REPOSITORY / "docs" / "compute_costs.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_current(costs: ModuleType) -> None:
    assert costs.TARGET.read_text(encoding="utf-8") == costs.page(), "run `make docs`"


@pytest.mark.parametrize(("used", "cost"), [(0, 0), (3, 0), (4, 0.10), (10, 0.70)])
def test_what_is_free_is_not_paid_for(costs: ModuleType, used: int, cost: float) -> None:
    assert costs.PRICES["trigger"].cost(used, with_free=True) == pytest.approx(cost)
    assert costs.PRICES["trigger"].cost(used, with_free=False) == pytest.approx(used * 0.10)


def test_the_weekly_run_is_within_the_free_tier_but_for_what_has_none(costs: ModuleType) -> None:
    paid = {name for name, cost in costs.Load(1).costs(with_free=True).items() if cost > 0}
    assert paid == {name for name, price in costs.PRICES.items() if not price.free}


def test_every_price_has_a_use_and_a_source(costs: ModuleType) -> None:
    assert set(costs.Load(1).used()) == set(costs.PRICES)
    assert all(price.source.startswith("https://cloud.google.com/")
               for price in costs.PRICES.values())  # fmt: skip


def test_more_data_costs_no_less(costs: ModuleType) -> None:
    small, large = (costs.Load(scale).costs(with_free=False) for scale in costs.SCALES)
    assert all(large[name] >= cost for name, cost in small.items())
    assert large["queries"] > 100 * small["queries"]


def test_a_run_is_billed_by_its_work_where_that_is_more_than_a_minute(costs: ModuleType) -> None:
    assert costs.Load(1).billed_seconds == 60
    # 618 requests more than a minute allows, six seconds each, and the work itself.
    assert costs.Load(1000).billed_seconds == pytest.approx(618 * 6 + 10 + 628_000 * 13.1e-5)


@pytest.mark.parametrize(("amount", "text"), [(0, "0"), (0.004, "< 0.01"), (1.234, "1.23")])
def test_no_cost_is_shown_as_none(costs: ModuleType, amount: float, text: str) -> None:
    assert costs.dollars(amount) == text
