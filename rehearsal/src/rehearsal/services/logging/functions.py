"""The functions of the query language: ``log_id``, ``SEARCH`` and ``ip_in_net``.

https://cloud.google.com/logging/docs/view/logging-query-language#functions
"""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from rehearsal.documents import Document
from rehearsal.services.logging.fields import known, texts, values_at
from rehearsal.services.logging.language import unparseable

type Predicate = Callable[[Document], bool]


def predicate_of(name: str, arguments: tuple[str, ...]) -> Predicate:
    """What a function asks of an entry.

    Raises:
        ApiError: 400: there is no such function here, or not with these arguments.
    """
    match name, arguments:
        case "log_id", (log,):
            return lambda entry: _log_id(entry) == unquote(log)
        case "SEARCH", (words,):
            return _search((), words)
        case "SEARCH", (field, words):
            return _search(known(tuple(field.split("."))), words)
        case "ip_in_net", (field, network):
            return _in_network(known(tuple(field.split("."))), network)
        case (("log_id" | "SEARCH" | "ip_in_net"), _):
            raise unparseable(f"wrong number of arguments for function '{name}'")
    raise unparseable(
        f"function '{name}' is not here: the rehearsal has log_id, SEARCH and ip_in_net"
    )


def _log_id(entry: Document) -> str:
    return unquote(str(entry.get("logName", "")).partition("/logs/")[2])


def _search(path: tuple[str, ...], words: str) -> Predicate:
    """All words are there, whole and in any case."""
    wanted = set(re.findall(r"\w+", words.lower()))

    def holds(entry: Document) -> bool:
        values = list(values_at(entry, path)) if path else [entry]
        found = {word for text in texts(values) for word in re.findall(r"\w+", text)}
        return wanted <= found

    return holds


def _in_network(path: tuple[str, ...], network: str) -> Predicate:
    try:
        net = ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise unparseable(f"invalid network '{network}'") from error

    def inside(value: Any) -> bool:
        try:
            return ipaddress.ip_address(str(value)) in net
        except ValueError:
            # What is no address is in no network.
            return False

    return lambda entry: any(inside(value) for value in values_at(entry, path))
