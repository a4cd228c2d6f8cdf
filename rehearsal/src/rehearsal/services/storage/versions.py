"""The versions of objects: a name's live one, and a versioned bucket's noncurrent ones."""

from dataclasses import dataclass
from datetime import datetime

from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.store import Store

LIVE = "storage.objects"
NONCURRENT = "storage.noncurrent"
UPLOADS = "storage.uploads"
_STATE = "storage.state"
_AFTER_ALL_NAMES = "\U0010ffff"


@dataclass(frozen=True)
class Version:
    """An object as the API describes it, and where its bytes are."""

    resource: Document
    blob: str

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return str(self.resource["bucket"])

    @property
    def name(self) -> str:
        """The object's name."""
        return str(self.resource["name"])

    @property
    def generation(self) -> int:
        """The number of this version."""
        return int(self.resource["generation"])

    @property
    def live(self) -> bool:
        """Whether it is the current one."""
        return "timeDeleted" not in self.resource


def live(store: Store, bucket: str, name: str) -> Version | None:
    """The live version of a name."""
    return _version(store.get(LIVE, f"{bucket}/{name}"))


def find(store: Store, bucket: str, name: str, generation: int | None) -> Version | None:
    """The version with this generation; the live one if it is None."""
    found = live(store, bucket, name)
    if generation is None or (found is not None and found.generation == generation):
        return found
    return _version(store.get(NONCURRENT, _old_key(bucket, name, generation)))


def all_live(store: Store, bucket: str, first: str = "", end: str = "") -> list[Version]:
    """The live versions in a bucket with ``first <= name < end``, by name."""
    return _range(store, LIVE, bucket, first, end)


def all_noncurrent(store: Store, bucket: str, first: str = "", end: str = "") -> list[Version]:
    """The noncurrent versions likewise, by name and generation."""
    return _range(store, NONCURRENT, bucket, first, end)


def put(store: Store, version: Version) -> None:
    """Keeps a version, live or noncurrent as it says it is."""
    kept = {"resource": version.resource, "blob": version.blob}
    key = f"{version.bucket}/{version.name}"
    if version.live:
        store.put(LIVE, key, kept)
    else:
        store.put(NONCURRENT, _old_key(version.bucket, version.name, version.generation), kept)


def retire(store: Store, version: Version, now: datetime, *, versioning: bool) -> None:
    """The live version stops being so: it becomes noncurrent where the bucket keeps versions."""
    store.delete(LIVE, f"{version.bucket}/{version.name}")
    if versioning:
        put(store, Version(version.resource | {"timeDeleted": rfc3339(now)}, version.blob))


def erase(store: Store, version: Version) -> None:
    """A version goes for good."""
    if version.live:
        store.delete(LIVE, f"{version.bucket}/{version.name}")
    else:
        store.delete(NONCURRENT, _old_key(version.bucket, version.name, version.generation))


def next_generation(store: Store, now: datetime) -> int:
    """Microseconds since 1970 as Google's are, but each number is given once."""
    last = (store.get(_STATE, "generation") or {"last": 0})["last"]
    number = max(int(now.timestamp() * 1_000_000), int(last) + 1)
    store.put(_STATE, "generation", {"last": number})
    return number


def blobs_in_use(store: Store) -> set[str]:
    """The content that some version or some unfinished upload has."""
    kept = [document for kind in (LIVE, NONCURRENT) for _, document in store.list(kind)]
    uploads = [blob for _, document in store.list(UPLOADS) for blob in document["blobs"]]
    return {document["blob"] for document in kept} | set(uploads)


def _range(store: Store, kind: str, bucket: str, first: str, end: str) -> list[Version]:
    last = f"{bucket}/{end}" if end else f"{bucket}/{_AFTER_ALL_NAMES}"
    found = store.range(kind, f"{bucket}/{first}", last)
    return [Version(document["resource"], document["blob"]) for _, document in found]


def _version(document: Document | None) -> Version | None:
    return None if document is None else Version(document["resource"], document["blob"])


def _old_key(bucket: str, name: str, generation: int) -> str:
    # A name has no NUL, so that names stay in their order.
    return f"{bucket}/{name}\0{generation:020d}"
