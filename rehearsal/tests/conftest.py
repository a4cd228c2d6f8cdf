"""Tests are the same each time, and none fails for being slow on a busy machine."""

import pytest
from hypothesis import HealthCheck, settings

from tests.terraform import provider_in_use

settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which provider terraform got, for two may stand behind one name."""
    terminalreporter.write_line(f"terraform provider: {provider_in_use().described}")
