import pytest

from rehearsal.gateway.unread import proxy_spec
from rehearsal.gateway.upstream_proxy import upstream_proxy


def test_the_users_proxy_for_https_is_found_in_either_spelling() -> None:
    assert upstream_proxy({"https_proxy": "http://proxy.test:3128"}) == "http://proxy.test:3128"
    assert upstream_proxy({"HTTP_PROXY": "http://other.test"}) == ""


@pytest.mark.parametrize(
    ("address", "spec"),
    [
        ("", None),
        ("http://proxy.test:3128", ("http", ("proxy.test", 3128))),
        ("proxy.test:3128", ("http", ("proxy.test", 3128))),
        ("https://proxy.test", ("https", ("proxy.test", 443))),
    ],
)
def test_a_proxys_address_is_understood(address: str, spec: object) -> None:
    assert proxy_spec(address) == spec


def test_a_proxy_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="socks5"):
        proxy_spec("socks5://proxy.test:1080")
