"""Permissions on buckets and objects, refused in Storage's own words.

https://cloud.google.com/storage/docs/troubleshooting
"""

from rehearsal.api.call import Call
from rehearsal.errors import ApiError, permission_denied, unauthenticated
from rehearsal.identity.principal import ANONYMOUS

_BUCKETS = "//storage.googleapis.com/projects/_/buckets"


def bucket_name(bucket: str) -> str:
    """The full name of a bucket."""
    return f"{_BUCKETS}/{bucket}"


def require_on_project(call: Call, permission: str, project: str) -> None:
    """Refuses a caller without a permission on a project.

    Raises:
        ApiError: 401 or 403.
    """
    _require(
        call, permission, f"//cloudresourcemanager.googleapis.com/projects/{project}", "project"
    )


def require_on_bucket(call: Call, permission: str, bucket: str) -> None:
    """Refuses a caller without a permission on a bucket.

    Raises:
        ApiError: 401 or 403.
    """
    _require(call, permission, bucket_name(bucket), "bucket")


def require_on_object(call: Call, permission: str, bucket: str, name: str) -> None:
    """Refuses a caller without a permission on an object.

    Raises:
        ApiError: 401 or 403.
    """
    _require(call, permission, f"{bucket_name(bucket)}/objects/{name}", "object")


def _require(call: Call, permission: str, resource: str, kind: str) -> None:
    if not call.allows(permission, resource):
        raise _refusal(call, permission, kind)


def _refusal(call: Call, permission: str, kind: str) -> ApiError:
    anonymous = call.principal == ANONYMOUS
    who = "Anonymous caller" if anonymous else call.principal.email
    message = (
        f"{who} does not have {permission} access to the Google Cloud Storage {kind}."
        f" Permission '{permission}' denied on resource (or it may not exist)."
    )
    if anonymous:
        return unauthenticated(message, reason="required")
    return permission_denied(message, reason="forbidden")
