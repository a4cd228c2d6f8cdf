"""The methods of buckets: make, read, list, change, delete.

https://cloud.google.com/storage/docs/json_api/v1/buckets
"""

from copy import deepcopy
from datetime import timedelta

from rehearsal.api.call import Answer, Call
from rehearsal.api.digests import etag
from rehearsal.api.pages import page
from rehearsal.clock import rfc3339
from rehearsal.documents import Document, decode
from rehearsal.errors import ApiError, already_exists, invalid_argument, not_found
from rehearsal.services.storage import bucket_rules, preconditions, versions
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.permissions import (
    bucket_name,
    require_on_bucket,
    require_on_project,
)

KIND = "storage.buckets"
_SETTABLE = (
    "labels", "lifecycle", "versioning", "iamConfiguration", "storageClass", "website", "cors",
    "logging", "billing", "retentionPolicy", "encryption", "defaultEventBasedHold", "autoclass",
    "softDeletePolicy", "rpo", "customPlacementConfig",
)  # fmt: skip
_TAKEN = (
    "The requested bucket name is not available. The bucket namespace is shared by all users of"
    " the system. Please select a different name and try again."
)
_OWN = "Your previous request to create the named bucket succeeded and you already own it."
_LOCK_PERIOD = timedelta(days=90)
# The last two are for objects: of a bucket with access control lists, which are not here, they
# stand for the list that each new object has (projectPrivate).
_ROLES = {
    "roles/storage.legacyBucketOwner": ("projectEditor", "projectOwner"),
    "roles/storage.legacyBucketReader": ("projectViewer",),
    "roles/storage.legacyObjectOwner": ("projectEditor", "projectOwner"),
    "roles/storage.legacyObjectReader": ("projectViewer",),
}


def bucket_of(call: Call, name: str) -> Document:
    """The bucket, with its ``project``; the call now concerns that.

    Raises:
        ApiError: 404.
    """
    bucket = call.cloud.store.get(KIND, name)
    if bucket is None:
        raise not_found("The specified bucket does not exist.")
    call.project = bucket["project"]
    return bucket


@service.method(*API, "storage.buckets.insert", source="recorded", unchecked=CHECKED)
def insert(call: Call) -> Document:
    """Makes a bucket in a project. Names are unique in the whole cloud."""
    project = call.parameter("project") or ""
    if call.cloud.projects.get(project) is None:
        raise invalid_argument(f"Invalid project id: '{project}'")
    require_on_project(call, "storage.buckets.create", call.project)
    bucket = _new(call)
    bucket_rules.check(bucket)
    taken = call.cloud.store.get(KIND, bucket["name"])
    if taken is not None:
        own = taken["projectNumber"] == bucket["projectNumber"]
        raise already_exists(_OWN if own else _TAKEN, reason="conflict")
    call.cloud.store.put(KIND, bucket["name"], bucket)
    call.cloud.access.put_bindings(bucket_name(bucket["name"]), _first_bindings(call.project))
    return _shown(bucket)


@service.method(*API, "storage.buckets.get", source="recorded", unchecked=CHECKED)
def get(call: Call) -> Document | Answer:
    """Reads a bucket."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.buckets.get", bucket["name"])
    try:
        preconditions.check(call, bucket)
    except preconditions.NotModifiedError:
        return Answer(status=304)
    return _shown(bucket)


@service.method(*API, "storage.buckets.list", source="recorded", unchecked=CHECKED)
def list_buckets(call: Call) -> Document:
    """Lists a project's buckets."""
    require_on_project(call, "storage.buckets.list", call.project)
    prefix, number = call.parameter("prefix") or "", call.project_number
    found = [
        _shown(bucket)
        for _, bucket in call.cloud.store.list(KIND, prefix)
        if bucket["projectNumber"] == number
    ]
    return {"kind": "storage#buckets"} | page(call, found, "items", default=1000)


@service.method(*API, "storage.buckets.patch", source="recorded", unchecked=CHECKED)
def patch(call: Call) -> Document:
    """Changes parts of a bucket: a merge patch, in which null removes."""
    bucket = _to_change(call)
    change = _with_nulls(call.body, decode(call.raw or b"{}"))
    current = {name: bucket[name] for name in _SETTABLE if name in bucket}
    settable = {name: value for name, value in change.items() if name in _SETTABLE}
    return _changed(call, bucket, _merged(current, settable))


@service.method(*API, "storage.buckets.update", source="unverified", unchecked=CHECKED)
def update(call: Call) -> Document:
    """Replaces what can be set of a bucket."""
    settable = {name: call.body[name] for name in _SETTABLE if name in call.body}
    return _changed(call, _to_change(call), settable)


@service.method(*API, "storage.buckets.delete", source="recorded", unchecked=CHECKED)
def delete(call: Call) -> Answer:
    """Deletes a bucket that has no object, not even a noncurrent one."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.buckets.delete", bucket["name"])
    preconditions.check(call, bucket)
    store, name = call.cloud.store, bucket["name"]
    if versions.all_live(store, name) or versions.all_noncurrent(store, name):
        message = "The bucket you tried to delete is not empty."
        raise ApiError(409, "FAILED_PRECONDITION", message, reason="conflict")
    store.delete(KIND, name)
    call.cloud.access.forget(bucket_name(name))
    return Answer(status=204)


def _shown(bucket: Document) -> Document:
    """Without the project's id, which is kept for who asks what a bucket is in."""
    return {name: value for name, value in bucket.items() if name != "project"}


def _to_change(call: Call) -> Document:
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.buckets.update", bucket["name"])
    preconditions.check(call, bucket)
    location = str(call.body.get("location") or bucket["location"])
    if location.upper() != bucket["location"]:
        raise invalid_argument("The location of a bucket cannot be changed.")
    return bucket


def _changed(call: Call, bucket: Document, settable: Document) -> Document:
    fixed = {name: value for name, value in bucket.items() if name not in _SETTABLE}
    changed = fixed | deepcopy(settable)
    changed["metageneration"] = str(int(bucket["metageneration"]) + 1)
    changed["updated"] = rfc3339(call.now)
    changed = _complete(call, changed)
    bucket_rules.check(changed)
    call.cloud.store.put(KIND, changed["name"], changed)
    return _shown(changed)


def _new(call: Call) -> Document:
    name, moment = call.body.get("name", ""), rfc3339(call.now)
    settable = {one: deepcopy(call.body[one]) for one in _SETTABLE if one in call.body}
    return _complete(
        call,
        settable
        | {
            "kind": "storage#bucket",
            "id": name,
            "name": name,
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
            "project": call.project,
            "projectNumber": call.project_number,
            "location": (call.body.get("location") or "US").upper(),
            "generation": str(versions.next_generation(call.cloud.store, call.now)),
            "metageneration": "1",
            "timeCreated": moment,
            "updated": moment,
        },
    )


def _complete(call: Call, bucket: Document) -> Document:
    """With the defaults that Google shows."""
    bucket["storageClass"] = bucket.get("storageClass") or "STANDARD"
    kind = bucket_rules.location_type(bucket["location"])
    bucket["locationType"] = kind or "region"
    if kind != "region":
        bucket.setdefault("rpo", "DEFAULT")
    access = bucket.setdefault("iamConfiguration", {})
    access.setdefault("publicAccessPrevention", "inherited")
    locked = access.setdefault("uniformBucketLevelAccess", {"enabled": False})
    if locked.get("enabled"):
        locked.setdefault("lockedTime", rfc3339(call.now + _LOCK_PERIOD))
    access["bucketPolicyOnly"] = dict(locked)
    bucket.setdefault(
        "softDeletePolicy",
        {"retentionDurationSeconds": "604800", "effectiveTime": bucket["timeCreated"]},
    )
    if not bucket.get("labels"):
        bucket.pop("labels", None)
    return bucket | {"etag": etag(bucket)}


def _with_nulls(body: Document, raw: Document) -> Document:
    """The checked body with the nulls of the raw one, which the check leaves out."""
    result = dict(body)
    for name, value in raw.items():
        if value is None:
            result[name] = None
        elif isinstance(value, dict) and isinstance(body.get(name), dict):
            result[name] = _with_nulls(body[name], value)
    return result


def _merged(current: Document, change: Document) -> Document:
    """https://www.rfc-editor.org/rfc/rfc7396"""
    result = dict(current)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            below = result.get(name)
            result[name] = _merged(below if isinstance(below, dict) else {}, value)
        else:
            result[name] = value
    return result


def _first_bindings(project: str) -> list[Document]:
    """The convenience values that every new bucket's policy has.

    https://cloud.google.com/storage/docs/access-control/iam#convenience-values
    """
    return [
        {"role": role, "members": [f"{kind}:{project}" for kind in kinds]}
        for role, kinds in _ROLES.items()
    ]
