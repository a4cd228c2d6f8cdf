"""Connections that are let through: bytes both ways, unread, by the user's proxy if any."""

from urllib.parse import urlsplit

from mitmproxy.net.server_spec import ServerSpec
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.proxy.layers.http import _upstream_proxy

_DEFAULT_PORTS = {"http": 80, "https": 443}


def proxy_spec(address: str) -> ServerSpec | None:
    """What mitmproxy wants of a proxy's address; None for ''."""
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in ("http", "https") or parts.hostname is None:
        raise ValueError(f"{address!r} is no address of an HTTP proxy")
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return ("https" if parts.scheme == "https" else "http", (parts.hostname, port))


def unread(context: Context, via: ServerSpec | None) -> Layer:
    """A layer that carries the connection to ``context.server`` without looking into it."""
    if via is None:
        return TCPLayer(context, ignore=True)
    context.server.via = via
    stack = _upstream_proxy.HttpUpstreamProxy.make(context, send_connect=True)
    stack /= TCPLayer(context, ignore=True)
    return stack[0]
