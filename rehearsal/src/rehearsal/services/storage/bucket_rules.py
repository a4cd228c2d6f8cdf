"""What a bucket must be: its name, its location, its classes and its lifecycle rules.

https://cloud.google.com/storage/docs/buckets, .../locations, .../lifecycle
"""

import re
from datetime import date

from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument

_PART = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{3,222}}$){_PART}(?:\.{_PART})*")
_IP = re.compile(r"\d+\.\d+\.\d+\.\d+")
_REGION = re.compile(r"[A-Z]+-[A-Z]+\d+")
_MULTI_REGIONS = {"US", "EU", "ASIA"}
_DUAL_REGIONS = {"NAM4", "EUR4", "EUR5", "EUR7", "EUR8", "ASIA1"}
_CLASSES = {
    "STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "RAPID", "MULTI_REGIONAL", "REGIONAL",
    "DURABLE_REDUCED_AVAILABILITY",
}  # fmt: skip
_LONGEST_RETENTION_SECONDS = 3_155_760_000
_ACTIONS = {"Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"}


def check(bucket: Document) -> None:
    """Refuses a bucket that can't be.

    Raises:
        ApiError: 400.
    """
    name = bucket["name"]
    if not _NAME.fullmatch(name) or _IP.fullmatch(name) or name.startswith("goog"):
        raise invalid_argument(f"Invalid bucket name: '{name}'")
    if location_type(bucket["location"]) is None:
        raise invalid_argument("The specified location constraint is not valid.")
    check_class(bucket["storageClass"])
    period = bucket.get("retentionPolicy", {}).get("retentionPeriod")
    if period is not None and not 0 < int(period) <= _LONGEST_RETENTION_SECONDS:
        raise invalid_argument("The retention period must be between 1 second and 100 years.")
    for rule in bucket.get("lifecycle", {}).get("rule", []):
        _check_rule(rule)


def check_class(name: str) -> None:
    """Refuses a storage class that is none.

    Raises:
        ApiError: 400.
    """
    if name not in _CLASSES:
        raise invalid_argument(f"Invalid storage class: {name}")


def location_type(location: str) -> str | None:
    """``region``, ``dual-region`` or ``multi-region``; None for no location."""
    if location in _MULTI_REGIONS:
        return "multi-region"
    if location in _DUAL_REGIONS:
        return "dual-region"
    return "region" if _REGION.fullmatch(location) else None


def uniform(bucket: Document) -> bool:
    """Whether only IAM says who may do what, and no access control lists."""
    access = bucket.get("iamConfiguration", {}).get("uniformBucketLevelAccess", {})
    return bool(access.get("enabled"))


def public_access_prevented(bucket: Document) -> bool:
    """Whether nobody may be given access without being known."""
    access = bucket.get("iamConfiguration", {})
    return bool(access.get("publicAccessPrevention") == "enforced")


def _check_rule(rule: Document) -> None:
    action = rule.get("action", {})
    if action.get("type") not in _ACTIONS:
        raise _rule_refusal(f"Invalid action type: {action.get('type')}")
    if action["type"] == "SetStorageClass" and action.get("storageClass") not in _CLASSES:
        raise _rule_refusal("SetStorageClass action must specify a storage class.")
    condition = rule.get("condition", {})
    if not condition:
        raise _rule_refusal("A lifecycle rule must have at least one condition.")
    for name, value in condition.items():
        if type(value) is int and value < 0:
            raise _rule_refusal(f"Condition {name} must be a non-negative integer.")
        if name.endswith("Before") and not _is_date(value):
            raise _rule_refusal(f"Condition {name} must be a date: {value}")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rule_refusal(why: str) -> ApiError:
    return invalid_argument(f"Invalid lifecycle configuration: {why}")
