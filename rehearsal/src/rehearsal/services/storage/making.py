"""Makes a new version of an object, and ends the one before it."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from rehearsal.api.call import Call
from rehearsal.api.digests import etag
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, permission_denied
from rehearsal.services.storage import preconditions, versions
from rehearsal.services.storage.bucket_rules import check_class, uniform
from rehearsal.services.storage.content import Content
from rehearsal.services.storage.permissions import require_on_object
from rehearsal.services.storage.versions import Version

SETTABLE = (
    "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage", "contentType",
    "customTime", "eventBasedHold", "metadata", "storageClass", "temporaryHold",
)  # fmt: skip
_LONGEST_NAME_BYTES = 1024
_ACL = (
    "Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more"
    " at https://cloud.google.com/storage/docs/uniform-bucket-level-access"
)


@dataclass(frozen=True)
class New:
    """An object to be made in a bucket. ``fields`` are those that a client may set."""

    bucket: Document
    name: str
    fields: Document
    component_count: int = 0
    """Of a composed object, which has no MD5; 0: any other."""


def require_make(call: Call, new: New) -> None:
    """Refuses to make an object that may not be made.

    Raises:
        ApiError: 400 for its name or a list of access rights, 401 or 403, 412.
    """
    _check_name(new.name)
    if uniform(new.bucket) and (call.parameter("predefinedAcl") or new.fields.get("acl")):
        raise invalid_argument(_ACL)
    bucket = new.bucket["name"]
    require_on_object(call, "storage.objects.create", bucket, new.name)
    current = versions.live(call.cloud.store, bucket, new.name)
    if current is not None:
        require_on_object(call, "storage.objects.delete", bucket, new.name)
        preconditions.check(call, current.resource)
        require_unheld(call, new.bucket, current)
    else:
        preconditions.check(call, None)


def make(call: Call, new: New, content: Content) -> Document:
    """Makes the live version of an object; the earlier one becomes noncurrent, or goes.

    Raises:
        ApiError: 400: the client gave other checksums; else as ``require_make``.
    """
    require_make(call, new)
    _check_sums(new.fields, content)
    check_fields(new.fields)
    store = call.cloud.store
    resource = _resource(call, new, content)
    end_live(call, new.bucket, new.name)
    versions.put(store, Version(resource, content.blob))
    return resource


def end_live(call: Call, bucket: Document, name: str) -> None:
    """The live version of a name, if there is one, becomes noncurrent, or goes."""
    current = versions.live(call.cloud.store, bucket["name"], name)
    if current is not None:
        versions.retire(call.cloud.store, current, call.now, versioning=keeps_versions(bucket))


def keeps_versions(bucket: Document) -> bool:
    """Whether a version that is replaced or deleted stays as a noncurrent one."""
    return bool(bucket.get("versioning", {}).get("enabled"))


def require_unheld(call: Call, bucket: Document, version: Version) -> None:
    """Refuses to touch what a hold or the bucket's retention policy keeps.

    Raises:
        ApiError: 403.
    """
    resource, name = version.resource, f"{version.bucket}/{version.name}"
    for field, word in (("temporaryHold", "Temporary"), ("eventBasedHold", "Event-Based")):
        if resource.get(field):
            raise permission_denied(
                f"Object '{name}' is under active {word} hold and cannot be deleted, overwritten"
                " or archived until hold is removed.",
                reason="forbidden",
            )
    seconds = int(bucket.get("retentionPolicy", {}).get("retentionPeriod", 0))
    until = parse_rfc3339(resource["timeCreated"]) + timedelta(seconds=seconds)
    if call.now < until:
        raise permission_denied(
            f"Object '{name}' is subject to bucket's retention policy or object retention and"
            f" cannot be deleted or overwritten until {rfc3339(until)}",
            reason="retentionPolicyNotMet",
        )


def _resource(call: Call, new: New, content: Content) -> Document:
    bucket, moment = new.bucket["name"], rfc3339(call.now)
    generation = versions.next_generation(call.cloud.store, call.now)
    path = f"{bucket}/o/{quote(new.name, safe='')}"
    media = urlencode({"generation": generation, "alt": "media"})
    resource: Document = {
        "kind": "storage#object",
        "id": f"{bucket}/{new.name}/{generation}",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{path}",
        "mediaLink": f"https://storage.googleapis.com/download/storage/v1/b/{path}?{media}",
        "name": new.name,
        "bucket": bucket,
        "generation": str(generation),
        "metageneration": "1",
        "storageClass": new.bucket["storageClass"],
        "size": str(content.size),
        "md5Hash": content.md5,
        "crc32c": content.crc32c,
        "timeCreated": moment,
        "updated": moment,
        "timeStorageClassUpdated": moment,
        "timeFinalized": moment,
    } | {name: new.fields[name] for name in SETTABLE if new.fields.get(name)}
    if new.component_count:
        resource["componentCount"] = new.component_count
        del resource["md5Hash"]
    return resource | {"etag": etag(resource)}


def check_fields(fields: Document) -> None:
    """Refuses what can't be said of an object.

    Raises:
        ApiError: 400.
    """
    if fields.get("storageClass"):
        check_class(fields["storageClass"])
    custom = fields.get("customTime")
    try:
        if custom:
            parse_rfc3339(custom)
    except ValueError as error:
        raise invalid_argument(f"Invalid value for customTime: {custom}") from error


def _check_name(name: str) -> None:
    if not name:
        raise invalid_argument("Required parameter: name", reason="required")
    wrong = name in {".", ".."} or any(one in name for one in "\r\n\0")
    if wrong or name.startswith(".well-known/acme-challenge/"):
        raise invalid_argument(f"Invalid object name: '{name}'")
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        raise invalid_argument(
            "The object name must be at most 1024 bytes long when encoded as UTF-8."
        )


def _check_sums(fields: Document, content: Content) -> None:
    for field, word, calculated in (
        ("md5Hash", "MD5 hash", content.md5),
        ("crc32c", "CRC32C", content.crc32c),
    ):
        given = fields.get(field)
        if given and given != calculated:
            raise _wrong_sum(word, given, calculated)


def _wrong_sum(word: str, given: str, calculated: str) -> ApiError:
    return invalid_argument(
        f'Provided {word} "{given}" doesn\'t match calculated {word} "{calculated}".'
    )
