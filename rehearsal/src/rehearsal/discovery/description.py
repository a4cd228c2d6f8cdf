"""Reads one discovery document: the methods of an API in one version, and its schemas.

The documents come with google-api-python-client; their form is described at
https://developers.google.com/discovery/v1/reference/apis
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from rehearsal.documents import Document, decode

_PLACE = re.compile(r"\{(\+?)(\w+)\}")


@dataclass(frozen=True)
class Description:
    """An API in one version."""

    api: str
    version: str
    host: str
    base_path: str
    schemas: dict[str, Document]
    parameters: dict[str, Document]
    methods: "tuple[Method, ...]"


@dataclass(frozen=True)
class Method:
    """A method of an API: ``id`` is unique within one API and version only."""

    api: str
    version: str
    id: str
    http_method: str
    pattern: re.Pattern[str]
    """Of a percent-encoded path, without its leading slash."""
    literal: tuple[bool, int]
    """How narrow the pattern is: whether it ends in a custom verb, and its fixed characters."""
    parameters: dict[str, Document]
    request: str | None
    uploads: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """API, version and id, which together are unique."""
        return self.api, self.version, self.id


@cache
def description(api: str, version: str) -> Description:
    """The description of an API, read once.

    Raises:
        FileNotFoundError: there is no such API or version.
    """
    folder = resources.files("googleapiclient.discovery_cache.documents")
    document = decode(folder.joinpath(f"{api}.{version}.json").read_bytes())
    base_path = document["servicePath"]
    methods = tuple(_method(api, version, base_path, method) for method in _methods_below(document))
    return Description(
        api=api,
        version=version,
        host=urlsplit(document["rootUrl"]).netloc,
        base_path=base_path,
        schemas=document.get("schemas", {}),
        parameters=document.get("parameters", {}),
        methods=methods,
    )


def _methods_below(document: Document) -> Iterator[Document]:
    yield from document.get("methods", {}).values()
    for resource in document.get("resources", {}).values():
        yield from _methods_below(resource)


def _method(api: str, version: str, base_path: str, method: Document) -> Method:
    parameters = method.get("parameters", {})
    template = base_path + method["path"]
    return Method(
        api=api,
        version=version,
        id=method["id"],
        http_method=method["httpMethod"],
        pattern=_pattern(template, parameters),
        literal=_literal(template, parameters),
        parameters=parameters,
        request=method.get("request", {}).get("$ref"),
        uploads="mediaUpload" in method,
    )


def _pattern(template: str, parameters: dict[str, Document]) -> re.Pattern[str]:
    parts, end = [], 0
    for place in _PLACE.finditer(template):
        parts.append(re.escape(template[end : place.start()]))
        parts.append(f"(?P<{place[2]}>{_value_pattern(place, parameters)})")
        end = place.end()
    return re.compile("".join([*parts, re.escape(template[end:])]))


def _value_pattern(place: re.Match[str], parameters: dict[str, Document]) -> str:
    if not place[1]:
        return "[^/]+"
    known = str(parameters.get(place[2], {}).get("pattern", ".+"))
    return known.removeprefix("^").removesuffix("$")


def _literal(template: str, parameters: dict[str, Document]) -> tuple[bool, int]:
    values = [_value_pattern(place, parameters) for place in _PLACE.finditer(template)]
    fixed = sum(len(re.sub(r"\[\^/\]\+|\.[+*]", "", value)) for value in values)
    verb = ":" in template.rpartition("/")[2]
    return verb, len(_PLACE.sub("", template)) + fixed
