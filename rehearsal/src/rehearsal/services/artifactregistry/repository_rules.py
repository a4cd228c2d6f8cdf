"""What a repository and its cleanup policies may look like, in the forms that Google keeps.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
and https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy. The wording of
these refusals is ours.
"""

import re
from datetime import timedelta

from rehearsal.api.durations import duration, written
from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument, not_here

_ID = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LABEL_KEY = re.compile(r"[^\W\d_A-Z][\w-]{0,62}")
_LABEL_VALUE = re.compile(r"[\w-]{0,63}")
_LABELS, _POLICIES = 64, 10


def check_id(repository_id: str) -> None:
    """Refuses an id that no repository may have.

    Raises:
        ApiError: 400.
    """
    if _ID.fullmatch(repository_id) is None:
        raise _refused(
            "repository_id",
            f"Invalid repository id {repository_id!r}: lowercase letters, digits and hyphens, a"
            " letter first, no hyphen last, 63 at most.",
        )


def completed(repository: Document) -> Document:
    """The repository with Google's defaults, checked.

    Raises:
        ApiError: 400; 404 for kinds of repositories that are not here.
    """
    if repository.get("format", "FORMAT_UNSPECIFIED") == "FORMAT_UNSPECIFIED":
        raise _refused("repository.format", "A repository's format must be given: DOCKER.")
    mode = repository.get("mode", "MODE_UNSPECIFIED")
    result = repository | {"mode": mode if mode != "MODE_UNSPECIFIED" else "STANDARD_REPOSITORY"}
    _check_here(result)
    _check_labels(result.get("labels", {}))
    if "cleanupPolicies" in result:
        result["cleanupPolicies"] = _policies(result["cleanupPolicies"])
    return result


def _check_here(repository: Document) -> None:
    if repository["format"] != "DOCKER":
        raise not_here(f"The rehearsal has no repositories of format {repository['format']}.")
    if repository["mode"] != "STANDARD_REPOSITORY":
        raise not_here(f"The rehearsal has no {repository['mode']}.")
    if repository.get("kmsKeyName"):
        raise not_here("The rehearsal has no keys of Cloud KMS.")


def _check_labels(labels: dict[str, str]) -> None:
    if len(labels) > _LABELS:
        raise _refused("repository.labels", f"{_LABELS} labels at most: {len(labels)}.")
    for key, value in labels.items():
        well = _LABEL_KEY.fullmatch(key) and _LABEL_VALUE.fullmatch(value)
        if not well or (key + value) != (key + value).lower():
            raise _refused("repository.labels", f"The label {key!r}: {value!r} is invalid.")


def _policies(policies: dict[str, Document]) -> dict[str, Document]:
    if len(policies) > _POLICIES:
        raise _refused(
            "repository.cleanup_policies", f"{_POLICIES} cleanup policies at most: {len(policies)}."
        )
    return {key: _policy(key, policy) for key, policy in policies.items()}


def _policy(key: str, policy: Document) -> Document:
    field = f"repository.cleanup_policies[{key}]"
    if policy.get("id", key) != key:
        raise _refused(f"{field}.id", f"The policy's id must be its key {key!r}.")
    action = policy.get("action", "ACTION_UNSPECIFIED")
    if action not in {"DELETE", "KEEP"}:
        raise _refused(f"{field}.action", "A cleanup policy's action must be DELETE or KEEP.")
    if ("condition" in policy) == ("mostRecentVersions" in policy):
        raise _refused(field, "A cleanup policy has a condition or most_recent_versions.")
    if "mostRecentVersions" in policy:
        _check_most_recent(field, action, policy["mostRecentVersions"])
        return dict(policy)
    return policy | {"condition": _condition(f"{field}.condition", policy["condition"])}


def _check_most_recent(field: str, action: str, most_recent: Document) -> None:
    if action != "KEEP":
        raise _refused(field, "most_recent_versions may only be given with the action KEEP.")
    if most_recent.get("keepCount", 0) < 1:
        raise _refused(f"{field}.most_recent_versions", "keep_count must be 1 at least.")


def _condition(field: str, condition: Document) -> Document:
    result = dict(condition)
    for name in ("olderThan", "newerThan"):
        if name in result:
            length = duration(result[name], f"{field}.{name}")
            if length < timedelta():
                raise _refused(f"{field}.{name}", f"{result[name]} must not be negative.")
            result[name] = written(timedelta(seconds=int(length.total_seconds())))
    if result.get("tagPrefixes") and result.get("tagState") != "TAGGED":
        raise _refused(f"{field}.tag_prefixes", "tag_prefixes need the tag_state TAGGED.")
    return result


def _refused(field: str, message: str) -> ApiError:
    return invalid_argument(message, (field, message))
