"""What Google lists beside objects, and what no bucket here has: folders, managed folders, caches.

gcloud and Terraform ask for them before they delete a bucket; empty lists are the true answer, as
hierarchical namespaces, managed folders and caches can't be made here.
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.services.storage.buckets import bucket_of
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.permissions import require_on_bucket


@service.method(*API, "storage.managedFolders.list", source="recorded", unchecked=CHECKED)
def list_managed_folders(call: Call) -> Document:
    """None."""
    bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.managedFolders.list", call.path["bucket"])
    return {"kind": "storage#managedFolders"}


@service.method(*API, "storage.folders.list", source="recorded", unchecked=CHECKED)
def list_folders(call: Call) -> Document:
    """None."""
    bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.folders.list", call.path["bucket"])
    return {"kind": "storage#folders"}


@service.method(*API, "storage.anywhereCaches.list", source="recorded", unchecked=CHECKED)
def list_caches(call: Call) -> Document:
    """None."""
    return _no_caches(call)


@service.raw(
    "GET",
    r"/storage/v1/b/(?P<bucket>[^/]+)/anywhereCaches/",
    host=r"storage\.googleapis\.com|www\.googleapis\.com",
    name="storage.anywhereCaches.list",
    source="recorded",
    authenticated=True,
)
def list_caches_with_slash(call: Call) -> Document:
    """Terraform's form of the address."""
    return _no_caches(call)


def _no_caches(call: Call) -> Document:
    bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.anywhereCaches.list", call.path["bucket"])
    return {"kind": "storage#anywhereCaches"}


@service.method(*API, "storage.buckets.getStorageLayout", source="recorded", unchecked=CHECKED)
def storage_layout(call: Call) -> Document:
    """Where a bucket is, for those who may list its objects."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.objects.list", bucket["name"])
    return {
        "kind": "storage#storageLayout",
        "bucket": bucket["name"],
        "location": bucket["location"],
        "locationType": bucket["locationType"],
    }
