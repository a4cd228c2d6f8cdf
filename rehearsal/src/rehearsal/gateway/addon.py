"""mitmproxy's addon: known hosts go to the server, named ones are let through, others are refused.

Run as ``mitmdump -s addon.py``, in the modes ``regular`` (the laptop's tools, by HTTPS_PROXY) and
``reverse:https://...`` (containers, for which every name leads here).
"""

import logging
from collections.abc import Sequence

from mitmproxy import ctx, http
from mitmproxy.addonmanager import Loader
from mitmproxy.connection import Server
from mitmproxy.net.server_spec import ServerSpec
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.mode_specs import RegularMode

from rehearsal.documents import encode
from rehearsal.gateway.hosts import ITSELF, LetThrough, answered_here, refusal
from rehearsal.gateway.unread import proxy_spec, unread

DROP = "x-rehearsal-drop"
"""With this header the server asks that the client get no answer, only a closed connection."""
_TLS_PORT = 443
_logger = logging.getLogger(__name__)


class Gateway:
    """Decides of each connection and each request where it goes. Bodies are never kept."""

    def __init__(self) -> None:
        self._server: tuple[str, int] = ("127.0.0.1", 0)
        self._let_through = LetThrough()
        self._via: ServerSpec | None = None

    def load(self, loader: Loader) -> None:
        """mitmproxy asks for the options."""
        loader.add_option("rehearsal_server", str, "", "HOST:PORT of the rehearsal's server")
        loader.add_option("rehearsal_allow", Sequence[str], [], "hosts that are reached for real")
        loader.add_option("rehearsal_upstream_proxy", str, "", "the proxy on the way to those")

    def configure(self, updated: set[str]) -> None:
        """mitmproxy tells the options."""
        if "rehearsal_server" in updated:
            host, _, port = ctx.options.rehearsal_server.rpartition(":")
            self._server = (host, int(port))
        if "rehearsal_allow" in updated:
            self._let_through = LetThrough.parse(ctx.options.rehearsal_allow)
        if "rehearsal_upstream_proxy" in updated:
            self._via = proxy_spec(ctx.options.rehearsal_upstream_proxy)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """A tunnel is asked for. An unknown host on 443 gets one: the refusal is told inside."""
        host, port = flow.request.host, flow.request.port
        if port != _TLS_PORT and not self._let_through.allows(host, port):
            flow.response = _refused(host, port)

    def next_layer(self, nextlayer: NextLayer) -> None:
        """A tunnel is open, and its first bytes are here: one that is let through stays unread."""
        context = nextlayer.context
        address = context.server.address
        if address is None or not isinstance(context.client.proxy_mode, RegularMode):
            return
        if context.client.tls_established or not self._let_through.allows(*address[:2]):
            return
        if nextlayer.layer is not None:
            # mitmproxy has chosen already: its choice is taken back, with all that is in it.
            del context.layers[context.layers.index(nextlayer.layer) :]
        nextlayer.layer = unread(context, self._via)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """A request begins: it is sent on piece by piece, or refused."""
        request = flow.request
        host, port = _wanted(flow)
        if host == ITSELF:
            flow.response = http.Response.make(204)
            return
        if answered_here(host):
            self._to_server(request)
        elif self._let_through.allows(host, port):
            self._onward(flow, host, port)
        else:
            flow.response = _refused(host, port)
            return
        _frame(request)
        request.stream = True

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """An answer begins: it is sent on piece by piece, or dropped as the server asks."""
        if flow.response is None:
            return
        if DROP in flow.response.headers and flow.request.host == self._server[0]:
            flow.kill()  # type: ignore[no-untyped-call]
        else:
            flow.response.stream = True

    def _to_server(self, request: http.Request) -> None:
        name = request.host_header or request.host
        request.headers["x-forwarded-proto"] = request.scheme
        request.scheme = "http"
        request.host, request.port = self._server
        # Setting the address has overwritten it.
        request.host_header = name

    def _onward(self, flow: http.HTTPFlow, host: str, port: int) -> None:
        name = flow.request.host_header
        flow.request.host, flow.request.port = host, port
        flow.request.host_header = name
        if self._via is not None:
            flow.server_conn = Server(address=(host, port))
            flow.server_conn.via = self._via


def _frame(request: http.Request) -> None:
    """Lets a body of unknown length keep its bytes where it leaves HTTP/2, which needs no frame.

    mitmproxy adds none to a body that it streams.
    """
    sized = "content-length" in request.headers
    if request.is_http2 and not sized and request.method in {"POST", "PUT", "PATCH"}:
        request.headers["transfer-encoding"] = "chunked"


def _wanted(flow: http.HTTPFlow) -> tuple[str, int]:
    """The host and port that the client means: its Host header, on the port of the connection.

    Containers connect to the gateway's own port and mean the ordinary one.
    """
    host, _, port = (flow.request.host_header or flow.request.host).partition(":")
    if port.isdigit():
        return host, int(port)
    regular = isinstance(flow.client_conn.proxy_mode, RegularMode)
    return host, flow.request.port if regular else _TLS_PORT


def _refused(host: str, port: int) -> http.Response:
    """A 4xx: tools repeat every 5xx, 501 too, for half a minute."""
    _logger.warning("gateway.refused host=%s port=%d", host, port)
    error = {"code": 403, "message": refusal(host, port), "status": "PERMISSION_DENIED"}
    return http.Response.make(403, encode({"error": error}), {"content-type": "application/json"})


addons = [Gateway()]
