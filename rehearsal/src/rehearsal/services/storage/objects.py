"""The methods of objects: read, list, change, delete.

https://cloud.google.com/storage/docs/json_api/v1/objects
"""

from copy import deepcopy

from rehearsal.api.call import Answer, Call
from rehearsal.api.digests import etag
from rehearsal.clock import rfc3339
from rehearsal.documents import Document, decode
from rehearsal.errors import not_found
from rehearsal.services.storage import preconditions, versions
from rehearsal.services.storage.buckets import bucket_of
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.listing import listing
from rehearsal.services.storage.making import (
    SETTABLE,
    check_fields,
    end_live,
    require_unheld,
)
from rehearsal.services.storage.permissions import require_on_bucket, require_on_object
from rehearsal.services.storage.reads import media
from rehearsal.services.storage.versions import Version


def version_of(call: Call, permission: str, bucket: str, name: str) -> Version:
    """The version that a call names, for a caller who has the permission on it.

    Raises:
        ApiError: 401, 403, 404.
    """
    bucket_of(call, bucket)
    require_on_object(call, permission, bucket, name)
    found = versions.find(call.cloud.store, bucket, name, preconditions.generation_of(call))
    if found is None:
        raise not_found(f"No such object: {bucket}/{name}")
    return found


@service.method(*API, "storage.objects.get", source="recorded", unchecked=CHECKED)
def get(call: Call) -> Document | Answer:
    """Reads what is known of an object or, with ``alt=media`` or below /download/, its bytes."""
    found = version_of(call, "storage.objects.get", call.path["bucket"], call.path["object"])
    try:
        preconditions.check(call, found.resource)
    except preconditions.NotModifiedError:
        return Answer(status=304)
    if call.parameter("alt") == "media" or call.url_path.startswith("/download/"):
        return media(call, found)
    return found.resource


@service.method(*API, "storage.objects.list", source="recorded", unchecked=CHECKED)
def list_objects(call: Call) -> Document:
    """Lists a bucket's objects by name; with a delimiter, as folders."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.objects.list", bucket["name"])
    return listing(call, bucket["name"])


@service.method(*API, "storage.objects.delete", source="recorded", unchecked=CHECKED)
def delete(call: Call) -> Answer:
    """Deletes an object; with a generation, that version for good."""
    found = version_of(call, "storage.objects.delete", call.path["bucket"], call.path["object"])
    preconditions.check(call, found.resource)
    bucket = bucket_of(call, found.bucket)
    require_unheld(call, bucket, found)
    if preconditions.generation_of(call) is None:
        end_live(call, bucket, found.name)
    else:
        versions.erase(call.cloud.store, found)
    return Answer(status=204)


@service.method(*API, "storage.objects.patch", source="unverified", unchecked=CHECKED)
def patch(call: Call) -> Document:
    """Changes the metadata that is given; null removes."""
    found = _to_change(call)
    resource = deepcopy(found.resource)
    nulls = {name for name, value in decode(call.raw or b"{}").items() if value is None}
    for name in SETTABLE:
        if name in nulls:
            resource.pop(name, None)
        elif name == "metadata" and name in call.body:
            merged = resource.get(name, {}) | call.body[name]
            resource[name] = {key: value for key, value in merged.items() if value is not None}
        elif name in call.body:
            resource[name] = call.body[name]
    return _changed(call, found, resource)


@service.method(*API, "storage.objects.update", source="unverified", unchecked=CHECKED)
def update(call: Call) -> Document:
    """Replaces all metadata that can be set."""
    found = _to_change(call)
    resource = {name: value for name, value in found.resource.items() if name not in SETTABLE}
    resource |= {name: call.body[name] for name in SETTABLE if name in call.body}
    return _changed(call, found, resource)


def _to_change(call: Call) -> Version:
    found = version_of(call, "storage.objects.update", call.path["bucket"], call.path["object"])
    preconditions.check(call, found.resource)
    return found


def _changed(call: Call, found: Version, resource: Document) -> Document:
    check_fields(resource)
    resource.setdefault("storageClass", found.resource["storageClass"])
    resource["metageneration"] = str(int(found.resource["metageneration"]) + 1)
    resource["updated"] = rfc3339(call.now)
    resource["etag"] = etag(resource)
    versions.put(call.cloud.store, Version(resource, found.blob))
    return resource
