"""Finds the method of Google's that a request calls, by host, HTTP method and path."""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from rehearsal.discovery.description import Description, Method, description

APIS = (
    ("artifactregistry", "v1"), ("artifactregistry", "v1beta2"), ("bigquery", "v2"),
    ("cloudbilling", "v1"), ("cloudresourcemanager", "v1"), ("cloudresourcemanager", "v3"),
    ("cloudscheduler", "v1"), ("compute", "v1"), ("iam", "v1"), ("iamcredentials", "v1"),
    ("logging", "v2"), ("monitoring", "v1"), ("monitoring", "v3"), ("oauth2", "v2"),
    ("run", "v1"), ("run", "v2"), ("secretmanager", "v1"), ("serviceusage", "v1"),
    ("storage", "v1"), ("sts", "v1"),
)  # fmt: skip
"""The APIs that this system uses."""

_OLDER_HOST = "www.googleapis.com"
_ON_OLDER_HOST = {"bigquery", "storage", "oauth2"}
_REGION = re.compile(r"^[a-z]+-[a-z]+\d+-(?=[a-z]+\.googleapis\.com$)")
_MEDIA_PREFIXES = ("resumable/upload/", "upload/", "download/")


@dataclass(frozen=True)
class Match:
    """A method, and the values in the path: decoded, by the parameters' names."""

    method: Method
    path: dict[str, str]
    upload: bool


def find(host: str, http_method: str, path: str) -> Match | None:
    """The method that a request calls, or None. ``path`` is still percent-encoded."""
    path = path.lstrip("/")
    prefix = next((one for one in _MEDIA_PREFIXES if path.startswith(one)), "")
    upload = "upload" in prefix
    # The chunks of a resumable upload are PUT where its session was opened by POST (or PUT).
    wanted = {http_method, "POST"} if upload and http_method == "PUT" else {http_method}
    for method in _methods(_REGION.sub("", host)):
        if method.http_method in wanted and (not upload or method.uploads):
            found = method.pattern.fullmatch(path, len(prefix))
            if found:
                values = {name: unquote(value) for name, value in found.groupdict().items()}
                return Match(method, values, upload)
    return None


def serves(host: str) -> bool:
    """Whether some API is at this host."""
    return bool(_descriptions(_REGION.sub("", host)))


@cache
def _methods(host: str) -> tuple[Method, ...]:
    """Of a host, the narrowest first."""
    methods = [method for one in _descriptions(host) for method in one.methods]
    return tuple(sorted(methods, key=lambda method: method.literal, reverse=True))


@cache
def _descriptions(host: str) -> tuple[Description, ...]:
    names = [
        (api, version)
        for api, version in APIS
        if host == f"{api}.googleapis.com" or (host == _OLDER_HOST and api in _ON_OLDER_HOST)
    ]
    return tuple(description(api, version) for api, version in names)
