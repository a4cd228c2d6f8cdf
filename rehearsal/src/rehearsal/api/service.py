"""A service: its handlers, by API, version and method id, and what the core has to know of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rehearsal.api.call import Answer, Call
from rehearsal.cloud import Cloud
from rehearsal.discovery.description import Method, description
from rehearsal.documents import Document

type Handler = Callable[[Call], Document | Answer]
type Key = tuple[str, str, str]


@dataclass(frozen=True)
class Served:
    """A method that is here: what it does, and where it is known from that Google does so."""

    handler: Handler
    source: str
    outside: bool = False
    """Whether it runs without the lock and the transaction, since it waits for others."""
    unchecked: str = ""
    """Why the core asks for no permission: the handler does, or nobody need have one."""


@dataclass(frozen=True)
class Raw:
    """A route that no discovery document has."""

    name: str
    http_methods: frozenset[str]
    host: re.Pattern[str]
    path: re.Pattern[str]
    served: Served
    authenticated: bool


class Service:
    """``host`` is the name by which APIs are enabled and resources are named in full."""

    def __init__(
        self,
        host: str,
        title: str,
        *,
        enablement: bool = True,
        older_errors: bool = False,
        start: Callable[[Cloud], None] | None = None,
    ) -> None:
        self.host, self.title = host, title
        self.enablement = enablement
        """Whether a project must have enabled it."""
        self.older_errors = older_errors
        """Whether its errors carry the list that BigQuery and Storage have."""
        self.start = start
        self.methods: dict[Key, Served] = {}
        self.raw_routes: list[Raw] = []
        self._resources: dict[Key, Callable[[Call], str]] = {}

    def method(
        self,
        api: str,
        version: str,
        method_id: str,
        *,
        source: str,
        outside: bool = False,
        unchecked: str = "",
    ) -> Callable[[Handler], Handler]:
        """Registers a handler of a method that Google's discovery document has.

        ``source``: "recorded", the address of Google's documentation, or "unverified".
        """

        def register(handler: Handler) -> Handler:
            key = (api, version, method_id)
            if key in self.methods:
                raise ValueError(f"{key} has a handler already")
            if not any(one.key == key for one in description(api, version).methods):
                raise ValueError(f"{api} {version} has no method {method_id}")
            self.methods[key] = Served(handler, source, outside, unchecked)
            return handler

        return register

    def raw(
        self,
        http_methods: str,
        path: str,
        *,
        host: str,
        name: str,
        source: str,
        outside: bool = False,
        authenticated: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Registers a route that no discovery document has; it checks permissions by itself.

        ``http_methods`` separated by spaces; ``path`` and ``host`` are regular expressions, of a
        percent-encoded path; named groups become ``call.path``.
        """

        def register(handler: Handler) -> Handler:
            served = Served(handler, source, outside, unchecked="the handler checks")
            self.raw_routes.append(
                Raw(
                    name,
                    frozenset(http_methods.split()),
                    re.compile(host),
                    re.compile(path),
                    served,
                    authenticated,
                )
            )
            return handler

        return register

    def resource_of(
        self, api: str, version: str, prefix: str
    ) -> Callable[[Callable[[Call], str]], Callable[[Call], str]]:
        """Registers where the permissions of the methods below ``prefix`` are checked."""

        def register(function: Callable[[Call], str]) -> Callable[[Call], str]:
            self._resources[api, version, prefix] = function
            return function

        return register

    def resource(self, call: Call, method: Method) -> str:
        """The full name of the resource on which a call's permissions are checked."""
        api, version, method_id = method.key
        for prefix in _prefixes(method_id):
            function = self._resources.get((api, version, prefix))
            if function is not None:
                return function(call)
        return f"//{self.host}/{_named(call)}"


def _prefixes(method_id: str) -> Iterator[str]:
    """``a.b.c``, ``a.b``, ``a``."""
    parts = method_id.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _named(call: Call) -> str:
    for name in ("name", "resource", "parent"):
        if name in call.path:
            return call.path[name]
    first = next((value for value in call.path.values() if value.startswith("projects/")), None)
    return first or f"projects/{call.project}"
