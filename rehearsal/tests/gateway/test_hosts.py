import pytest

from rehearsal.errors import RehearsalError
from rehearsal.gateway.hosts import LetThrough, answered_here, refusal


@pytest.mark.parametrize("host", ["googleapis.com", "google.com", "x.googleapis.com.evil.org"])
def test_other_hosts_are_not_answered_here(host: str) -> None:
    assert not answered_here(host)


def test_a_host_is_known_in_any_case() -> None:
    assert answered_here("BigQuery.GoogleAPIs.com")


def test_a_host_without_a_port_is_let_through_on_the_ordinary_ports() -> None:
    named = LetThrough.parse(["PyPI.org"])

    assert named.allows("pypi.org", 443)
    assert named.allows("pypi.org", 80)
    assert not named.allows("pypi.org", 22)


def test_a_host_with_a_port_is_let_through_on_that_port_alone() -> None:
    named = LetThrough.parse(["nexus.test:8443"])

    assert named.allows("nexus.test", 8443)
    assert not named.allows("nexus.test", 443)


@pytest.mark.parametrize("name", ["https://pypi.org", "*.org", "", "pypi.org/simple"])
def test_what_is_no_host_is_refused_by_name(name: str) -> None:
    with pytest.raises(RehearsalError, match="is no host"):
        LetThrough.parse([name])


def test_a_host_of_googles_is_never_let_through() -> None:
    with pytest.raises(RehearsalError, match="never reached for real"):
        LetThrough.parse(["bigquery.googleapis.com"])


def test_a_refusal_names_the_port_where_it_is_no_ordinary_one() -> None:
    assert "--allow nexus.test:8443" in refusal("nexus.test", 8443)
