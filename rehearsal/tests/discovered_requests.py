"""Requests made up from Google's discovery documents: for any method, right, wrong and odd ones."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from rehearsal.api.service import Key
from rehearsal.documents import Document, decode

_PLACES = {
    "projects": "demo",
    "namespaces": "demo",
    "project": "demo",
    "resource": "demo",
    "bucket": "existing",
    "locations": "europe-west1",
    "versions": "1",
    "serviceAccounts": "existing@demo.iam.gserviceaccount.com",
    "services": "run.googleapis.com",
    "v1": "projects",  # Service Usage names a project in two parts
    "v1Id1": "demo",
}
"""What is there, by the collection of an address that it is in."""
_THERE = "existing"
"""What is there in every other collection."""
_ODD = (
    "missing", "-", "", "a b", "\u00e9", "x" * 300, "..", "1", "elsewhere", "123456789012",
)  # fmt: skip
_PARAMETERS = {"updateMask": "labels", "project": "demo", "accountId": "another-one"}
"""Values of query parameters that are right; an id of what is to be made is another one."""
_WORDS = (
    "", "existing", "missing", "1", "-1", "a b", "é\u0000", "x" * 300, "3600s", "-1s", "1.5s",
    "2026-01-05T00:00:00Z", "2026-13-45T99:00:00Z", "projects/demo",
    "projects/demo/secrets/existing",
    "projects/demo/locations/europe-west1/jobs/existing", "roles/viewer", "roles/missing",
    "user:a@example.com", "serviceAccount:existing@demo.iam.gserviceaccount.com", "allUsers",
    "europe-west1", "EU", "* * * * *", "Europe/Berlin", "https://example.com/", "SELECT 1", "*",
    "labels", "name,labels", "severity>=ERROR", "state:ENABLED", "bGl2ZQ==", "===", "ACAB",
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
def requests(
    draw: st.DrawFn, key: Key, bodies: dict[str, Document], there: dict[str, str]
) -> Request:
    """Of a method.

    ``bodies``: some that are right, by API and name of their schema (``run/Job``); ``there``: the
    ids that the server has chosen, by collection.
    """
    document, method = _document(key[0], key[1]), _methods(key[0], key[1])[key[2]]
    path = str(method.get("flatPath") or method["path"])
    for place in _places(path):
        value = draw(_name(place, _PLACES | _regions(key[2]) | there))
        path = path.replace("{" + place + "}", quote(value, safe=""))
    query = {
        name: draw(_parameter(name, schema))
        for name, schema in method.get("parameters", {}).items()
        if schema["location"] == "query" and draw(_taken(name))
    }
    schema = method.get("request", {}).get("$ref")
    body = draw(_body(key[0], key[1], schema, bodies)) if schema else None
    address = f"{_root(key, document)}{document['servicePath']}{path}"
    return Request(method["httpMethod"], f"{address}?{urlencode(query)}", body)


def has_body(key: Key) -> bool:
    """Whether the requests of a method have a body."""
    return "request" in _methods(key[0], key[1])[key[2]]


def reads(key: Key) -> bool:
    """Whether a method changes nothing."""
    return bool(_methods(key[0], key[1])[key[2]]["httpMethod"] == "GET")


def collections(key: Key) -> set[str]:
    """The collections in the addresses of a method."""
    method = _methods(key[0], key[1])[key[2]]
    path = str(method.get("flatPath") or method["path"])
    return {place.removesuffix("Id") for place in _places(path)}


def _root(key: Key, document: Document) -> str:
    """The first version of Cloud Run makes and changes jobs at the host of their region."""
    root = str(document["rootUrl"])
    return root.replace("run.", "europe-west1-run.") if key[:2] == ("run", "v1") else root


def _places(path: str) -> list[str]:
    return [part.partition("}")[0].removeprefix("+") for part in path.split("{")[1:]]


def _regions(method_id: str) -> dict[str, str]:
    return {"locations": "global"} if "workloadIdentityPools" in method_id else {}


def _name(place: str, there: dict[str, str]) -> st.SearchStrategy[str]:
    right = there.get(place, there.get(place.removesuffix("Id"), _THERE))
    return _mostly(right, st.sampled_from(_ODD))


def _mostly(right: str, others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The right value, or one time in six another."""
    return st.integers(0, 5).flatmap(lambda dice: st.just(right) if dice else others)


def _taken(parameter: str) -> st.SearchStrategy[bool]:
    """Whether a request has a query parameter: ids of what is to be made are seldom left out."""
    often = parameter.endswith(("Id", "_id")) or parameter in _PARAMETERS
    return st.integers(0, 5).map(lambda dice: bool(dice) if often else dice == 0)


def _parameter(name: str, schema: Document) -> st.SearchStrategy[Any]:
    right = _PARAMETERS.get(name, "another" if name.endswith(("Id", "_id")) else None)
    return _mostly(right, _scalar(schema)) if right else _scalar(schema)


def _body(
    api: str, version: str, schema: str, bodies: dict[str, Document]
) -> st.SearchStrategy[Any]:
    made_up = _object(api, version, schema, _DEPTH)
    right = bodies.get(f"{api}/{schema}")
    if right is None:
        return made_up
    changes = _object(api, version, schema, _DEPTH, fields=1)
    changed = st.builds(lambda change: right | change, changes)
    return st.one_of(st.just(right), changed, changed, made_up)


@cache
def _object(
    api: str, version: str, name: str, depth: int, fields: int = _FIELDS
) -> st.SearchStrategy[Any]:
    schema = _document(api, version)["schemas"][name]
    properties = schema.get("properties", {})
    if not properties or not depth:
        return st.just({})

    @st.composite
    def made(draw: st.DrawFn) -> Document:
        chosen = draw(st.lists(st.sampled_from(sorted(properties)), max_size=fields, unique=True))
        return {one: draw(_value(api, version, properties[one], depth - 1)) for one in chosen}

    return made()


def _value(api: str, version: str, schema: Document, depth: int) -> st.SearchStrategy[Any]:
    """A value of this schema; one in twelve has a type at random."""
    right = _right(api, version, schema, depth)
    return st.integers(0, 11).flatmap(lambda dice: right if dice else st.sampled_from(_WRONG))


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
