"""Makes objects of other objects: copy, rewrite, compose.

https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite and .../compose
"""

from collections.abc import Iterator

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument, not_found
from rehearsal.services.storage import preconditions, versions
from rehearsal.services.storage.buckets import bucket_of
from rehearsal.services.storage.content import Content, contents
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.making import SETTABLE, New, make, require_make
from rehearsal.services.storage.permissions import require_on_object
from rehearsal.services.storage.versions import Version

_MOST_COMPONENTS = 32


@service.method(*API, "storage.objects.copy", source="unverified", unchecked=CHECKED)
def copy(call: Call) -> Document:
    """Copies an object."""
    return _copied(call)


@service.method(*API, "storage.objects.rewrite", source="unverified", unchecked=CHECKED)
def rewrite(call: Call) -> Document:
    """Copies an object; always done with the first call."""
    resource = _copied(call)
    return {
        "kind": "storage#rewriteResponse",
        "totalBytesRewritten": resource["size"],
        "objectSize": resource["size"],
        "done": True,
        "resource": resource,
    }


@service.method(*API, "storage.objects.compose", source="unverified", unchecked=CHECKED)
def compose(call: Call) -> Document:
    """Makes an object of up to 32 others of the same bucket, one after the other."""
    bucket = bucket_of(call, call.path["destinationBucket"])
    wanted = call.body.get("sourceObjects", [])
    if not 1 <= len(wanted) <= _MOST_COMPONENTS:
        raise invalid_argument(
            f"The number of source components provided ({len(wanted)}) must be between 1 and"
            f" {_MOST_COMPONENTS}."
        )
    sources = [_component(call, bucket["name"], one) for one in wanted]
    fields = dict(call.body.get("destination", {}))
    fields.setdefault("contentType", sources[0].resource.get("contentType"))
    count = sum(int(one.resource.get("componentCount", 1)) for one in sources)
    new = New(bucket, call.path["destinationObject"], fields, component_count=count)
    require_make(call, new)
    return make(call, new, _joined(call, sources))


def _copied(call: Call) -> Document:
    source = _source(call, call.path["sourceBucket"], call.path["sourceObject"])
    preconditions.check(call, source.resource, prefix="ifSource")
    bucket = bucket_of(call, call.path["destinationBucket"])
    # Metadata comes from the source unless the call gives its own.
    given = call.body or source.resource
    fields = {name: given[name] for name in SETTABLE if name in given and name != "storageClass"}
    fields.setdefault("contentType", source.resource.get("contentType"))
    if "storageClass" in call.body:
        fields["storageClass"] = call.body["storageClass"]
    count = int(source.resource.get("componentCount", 0))
    new = New(bucket, call.path["destinationObject"], fields, component_count=count)
    require_make(call, new)
    return make(call, new, _joined(call, [source]))


def _source(call: Call, bucket: str, name: str) -> Version:
    bucket_of(call, bucket)
    generation = preconditions.generation_of(call, "sourceGeneration")
    return _readable(call, bucket, name, generation)


def _component(call: Call, bucket: str, wanted: Document) -> Version:
    generation = wanted.get("generation")
    found = _readable(call, bucket, wanted.get("name", ""), int(generation) if generation else None)
    expected = wanted.get("objectPreconditions", {}).get("ifGenerationMatch")
    if expected is not None and int(expected) != found.generation:
        raise not_found(f"No such object: {bucket}/{found.name}")
    return found


def _readable(call: Call, bucket: str, name: str, generation: int | None) -> Version:
    require_on_object(call, "storage.objects.get", bucket, name)
    found = versions.find(call.cloud.store, bucket, name, generation)
    if found is None:
        raise not_found(f"No such object: {bucket}/{name}")
    return found


def _joined(call: Call, sources: list[Version]) -> Content:
    kept = contents(call.cloud)

    def pieces() -> Iterator[bytes]:
        for source in sources:
            yield from kept.read(source.blob)

    return kept.add(pieces())
