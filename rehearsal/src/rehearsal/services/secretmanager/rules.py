"""What a secret may look like; Google's limits.

https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets and
https://cloud.google.com/secret-manager/quotas. The wording of these refusals is ours.
"""

import re
from datetime import datetime, timedelta

from rehearsal.api.durations import duration, written
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_here

_SECRET_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_LABEL_REST = re.compile(r"[\w-]{0,63}")
_ANNOTATION_KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}")
_LABELS, _ALIASES = 64, 50
_ANNOTATION_BYTES = 16 * 1024
_LABEL_BYTES = 128
_TTL = (timedelta(seconds=60), timedelta(days=36_500))
_DESTROY_TTL = (timedelta(days=1), timedelta(days=1000))
_NOT_HERE = ("customerManagedEncryption", "rotation", "secretType", "tags", "topics")
"""What leads to services that the rehearsal does not have: Pub/Sub, Cloud KMS, tags."""


def check_id(secret_id: str) -> None:
    """Refuses an id that no secret may have.

    Raises:
        ApiError: 400.
    """
    if _SECRET_ID.fullmatch(secret_id) is None:
        raise _refused(
            "secret_id",
            f"The provided Secret ID [{secret_id}] does not match the expected format"
            " [[a-zA-Z_0-9]+]: letters, numerals, hyphens and underscores, 255 at most.",
        )


def check(secret: Document) -> None:
    """Refuses what Google refuses, and what the rehearsal can't do.

    Raises:
        ApiError: 400; 404 for what is not here.
    """
    for name in _NOT_HERE:
        if secret.get(name, "") not in ("", [], {}, "SECRET_TYPE_UNSPECIFIED"):
            raise not_here(f"The rehearsal has no {name} of secrets.")
    _check_replication(secret.get("replication", {}))
    _check_labels(secret.get("labels", {}))
    _check_annotations(secret.get("annotations", {}))
    _check_aliases(secret.get("versionAliases", {}))


def with_times(secret: Document, change: Document, now: datetime) -> Document:
    """The secret with its times in Google's forms; a ``ttl`` in ``change`` becomes a moment.

    Raises:
        ApiError: 400.
    """
    result = {name: value for name, value in secret.items() if name != "ttl"}
    if "ttl" in change and "expireTime" in change:
        raise _refused("secret.ttl", "Only one of expire_time and ttl can be set.")
    if "ttl" in change:
        length = _within(duration(change["ttl"], "secret.ttl"), _TTL, "secret.ttl")
        result["expireTime"] = rfc3339(now + length)
    elif "expireTime" in change:
        result["expireTime"] = _moment(change["expireTime"], now)
    if "versionDestroyTtl" in result:
        field = "secret.version_destroy_ttl"
        length = _within(duration(result["versionDestroyTtl"], field), _DESTROY_TTL, field)
        result["versionDestroyTtl"] = written(length)
    return result


def _moment(text: str, now: datetime) -> str:
    try:
        moment = parse_rfc3339(text)
    except (ValueError, OverflowError) as error:
        raise _refused("secret.expire_time", f"{text!r} is no moment: {error}.") from error
    _within(moment - now, _TTL, "secret.expire_time")
    return rfc3339(moment)


def _within(length: timedelta, limits: tuple[timedelta, timedelta], field: str) -> timedelta:
    shortest, longest = limits
    if not shortest <= length <= longest:
        raise _refused(
            field,
            f"{field} must be between {written(shortest)} and {written(longest)} from now:"
            f" {written(length)}.",
        )
    return length


def _check_replication(replication: Document) -> None:
    ways = [name for name in ("automatic", "userManaged") if name in replication]
    if len(ways) != 1:
        raise _refused(
            "secret.replication", "One of replication.automatic and .user_managed must be set."
        )
    replicas = replication.get("userManaged", {}).get("replicas", [])
    if ways == ["userManaged"] and not all(one.get("location") for one in replicas or [{}]):
        raise _refused(
            "secret.replication.user_managed.replicas", "Replicas need locations, one at least."
        )
    if any("customerManagedEncryption" in one for one in (replication[ways[0]], *replicas)):
        raise not_here("The rehearsal has no customerManagedEncryption of secrets.")


def _check_labels(labels: dict[str, str]) -> None:
    if len(labels) > _LABELS:
        raise _refused("secret.labels", f"A secret has {_LABELS} labels at most: {len(labels)}.")
    for key, value in labels.items():
        starts_well = key[:1].isalpha() and not key[:1].isupper()
        if not (starts_well and _is_label(key)):
            raise _refused("secret.labels", f"The label key {key!r} is invalid.")
        if not _is_label(value):
            raise _refused("secret.labels", f"The value {value!r} of label {key} is invalid.")


def _is_label(text: str) -> bool:
    return (
        _LABEL_REST.fullmatch(text) is not None
        and text == text.lower()
        and len(text.encode()) <= _LABEL_BYTES
    )


def _check_annotations(annotations: dict[str, str]) -> None:
    for key in annotations:
        if _ANNOTATION_KEY.fullmatch(key) is None:
            raise _refused("secret.annotations", f"The annotation key {key!r} is invalid.")
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size >= _ANNOTATION_BYTES:
        raise _refused(
            "secret.annotations", f"Annotations must be under {_ANNOTATION_BYTES} bytes: {size}."
        )


def _check_aliases(aliases: dict[str, str]) -> None:
    if len(aliases) > _ALIASES:
        raise _refused("secret.version_aliases", f"{_ALIASES} aliases at most: {len(aliases)}.")
    for alias in aliases:
        if _ALIAS.fullmatch(alias) is None or alias in {"latest", "NEW"}:
            raise _refused("secret.version_aliases", f"The alias {alias!r} is invalid.")


def _refused(field: str, message: str) -> ApiError:
    return invalid_argument(message, (field, message))
