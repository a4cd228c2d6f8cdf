"""Requests made up from Google's discovery documents: for any method, right, wrong and odd ones."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from rehearsal.api.service import Key
from rehearsal.documents import Document, decode

PLACES = {
    "projects": ("demo", "123456789012", "elsewhere"),
    "namespaces": ("demo", "123456789012", "elsewhere"),
    "project": ("demo", "elsewhere"),
    "locations": ("europe-west1", "global", "-", "nowhere"),
    "versions": ("1", "latest", "2", "sha256:" + "a" * 64),
    "serviceAccounts": ("existing@demo.iam.gserviceaccount.com", "missing@demo.iam.gserviceaccount.com"),
    "services": ("run.googleapis.com", "missing.googleapis.com"),
}
"""Values of the parts of an address, by the collection that they are in."""
NAMES = ("existing", "existing", "missing", "-", "", "a b", "é", "x" * 300, "..", "1")
"""For all other collections; what there is to find is called ``existing``."""
_WORDS = (
    "", "existing", "missing", "1", "-1", "a b", "é\u0000", "x" * 300, "3600s", "-1s", "1.5s",
    "2026-01-05T00:00:00Z", "2026-13-45T99:00:00Z", "projects/demo", "projects/demo/secrets/existing",
    "projects/demo/locations/europe-west1/jobs/existing", "roles/viewer", "roles/missing",
    "user:a@example.com", "serviceAccount:existing@demo.iam.gserviceaccount.com", "allUsers",
    "europe-west1", "EU", "* * * * *", "Europe/Berlin", "https://example.com/", "SELECT 1", "*",
    "labels", "name,labels", "severity>=ERROR", "state:ENABLED", "bGl2ZQ==", "===", "ACAB", "latest",
)  # fmt: skip
_NUMBERS = (0, 1, -1, 3, 2**31, 2**63, 10**30, 1.5)
_WRONG: tuple[Any, ...] = (None, True, 7, "word", [], ["word"], {}, {"a": 1})
_DEPTH = 4
_FIELDS = 6
"""At most so many fields of an object that was made up."""


@dataclass(frozen=True)
class Request:
    """One that a test sends."""

    method: str
    url: str
    body: Any


@st.composite
def requests(draw: st.DrawFn, key: Key, seeds: dict[str, Document]) -> Request:
    """Of a method; ``seeds``: bodies that are right, by the name of their schema."""
    document, method = _document(key[0], key[1]), _methods(key[0], key[1])[key[2]]
    path = method.get("flatPath", method["path"])
    for place in _places(path):
        value = draw(st.sampled_from(_values(place)))
        path = path.replace("{" + place + "}", quote(value, safe=""))
    query = {
        name: draw(_scalar(schema))
        for name, schema in method.get("parameters", {}).items()
        if schema["location"] == "query" and draw(st.integers(0, 3)) == 0
    }
    schema = method.get("request", {}).get("$ref")
    body = draw(_body(key[0], key[1], schema, seeds)) if schema else None
    address = f"{document['rootUrl']}{document['servicePath']}{path}"
    return Request(method["httpMethod"], f"{address}?{urlencode(query)}", body)


def _places(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _values(place: str) -> tuple[str, ...]:
    collection = place.removeprefix("+").removesuffix("Id")
    return PLACES.get(collection, NAMES)


def _body(
    api: str, version: str, schema: str, seeds: dict[str, Document]
) -> st.SearchStrategy[Any]:
    made_up = _object(api, version, schema, _DEPTH)
    if schema not in seeds:
        return made_up
    right = seeds[schema]
    changed = st.builds(lambda change: right | change, made_up)
    return st.one_of(st.just(right), changed, changed, made_up)


@cache
def _object(api: str, version: str, name: str, depth: int) -> st.SearchStrategy[Any]:
    schema = _document(api, version)["schemas"][name]
    properties = schema.get("properties", {})
    if not properties or not depth:
        return st.just({})

    @st.composite
    def made(draw: st.DrawFn) -> Document:
        chosen = draw(st.lists(st.sampled_from(sorted(properties)), max_size=_FIELDS, unique=True))
        return {one: draw(_value(api, version, properties[one], depth - 1)) for one in chosen}

    return made()


def _value(api: str, version: str, schema: Document, depth: int) -> st.SearchStrategy[Any]:
    """A value of this schema; one in eight has a type at random."""
    right = _right(api, version, schema, depth)
    return st.integers(0, 7).flatmap(lambda dice: right if dice else st.sampled_from(_WRONG))


def _right(api: str, version: str, schema: Document, depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _object(api, version, schema["$ref"], depth)
    if schema["type"] == "array":
        return st.lists(_value(api, version, schema["items"], depth), max_size=3)
    if schema["type"] == "object":
        values = _value(api, version, schema.get("additionalProperties", _ANY), depth)
        return st.dictionaries(st.sampled_from(_WORDS), values, max_size=2)
    return _scalar(schema)


_ANY: Document = {"type": "string"}


def _scalar(schema: Document) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "NO_SUCH_WORD"])
    if schema["type"] == "boolean":
        return st.booleans()
    if schema["type"] in {"integer", "number"}:
        return st.sampled_from(_NUMBERS)
    return st.sampled_from(_WORDS)


@cache
def _document(api: str, version: str) -> Document:
    folder = resources.files("googleapiclient.discovery_cache.documents")
    return decode(folder.joinpath(f"{api}.{version}.json").read_bytes())


@cache
def _methods(api: str, version: str) -> dict[str, Document]:
    return {one["id"]: one for one in _below(_document(api, version))}


def _below(document: Document) -> list[Document]:
    inner = [one for part in document.get("resources", {}).values() for one in _below(part)]
    return [*document.get("methods", {}).values(), *inner]
