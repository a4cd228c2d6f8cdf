"""The user's own proxy, by which hosts that are let through are reached."""

from collections.abc import Mapping


def upstream_proxy(environment: Mapping[str, str]) -> str:
    """``http://HOST:PORT`` of the proxy that this environment names for https, or ''."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        if environment.get(name):
            return environment[name]
    return ""
