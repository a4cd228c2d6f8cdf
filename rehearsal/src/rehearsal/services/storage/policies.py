"""The IAM policies of buckets.

https://cloud.google.com/storage/docs/json_api/v1/buckets/setIamPolicy
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import precondition_failed
from rehearsal.services.storage.bucket_rules import public_access_prevented
from rehearsal.services.storage.buckets import bucket_of
from rehearsal.services.storage.definition import API, CHECKED, service
from rehearsal.services.storage.permissions import bucket_name, require_on_bucket

_PUBLIC = {"allUsers", "allAuthenticatedUsers"}
_PREVENTED = (
    "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access"
    " prevention is enforced."
)


@service.method(*API, "storage.buckets.getIamPolicy", source="recorded", unchecked=CHECKED)
def get_policy(call: Call) -> Document:
    """Reads a bucket's policy."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.buckets.getIamPolicy", bucket["name"])
    return _shown(bucket, call.cloud.access.policy(bucket_name(bucket["name"])))


@service.method(*API, "storage.buckets.setIamPolicy", source="recorded", unchecked=CHECKED)
def set_policy(call: Call) -> Document:
    """Replaces a bucket's policy; the body is the bare policy."""
    bucket = bucket_of(call, call.path["bucket"])
    require_on_bucket(call, "storage.buckets.setIamPolicy", bucket["name"])
    members = {one for each in call.body.get("bindings", []) for one in each.get("members", [])}
    if members & _PUBLIC and public_access_prevented(bucket):
        raise precondition_failed(_PREVENTED)
    policy = {
        name: value for name, value in call.body.items() if name not in {"kind", "resourceId"}
    }
    return _shown(bucket, call.cloud.access.set_policy(bucket_name(bucket["name"]), policy))


@service.method(
    *API,
    "storage.buckets.testIamPermissions",
    source="unverified",
    unchecked="everybody may ask what they may do",
)
def test_permissions(call: Call) -> Document:
    """Which of the permissions the caller has."""
    bucket = bucket_of(call, call.path["bucket"])
    name = bucket_name(bucket["name"])
    asked = call.query.get("permissions", [])
    held = [one for one in asked if call.cloud.access.allows(call.principal, one, name)]
    answer: Document = {"kind": "storage#testIamPermissionsResponse"}
    return answer | ({"permissions": held} if held else {})


def _shown(bucket: Document, policy: Document) -> Document:
    resource = f"projects/_/buckets/{bucket['name']}"
    return {"kind": "storage#policy", "resourceId": resource} | policy
