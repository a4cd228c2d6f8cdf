"""The methods of secrets: make, read, list, change, delete, and who may do what with them.

https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets
"""

from copy import deepcopy

from rehearsal.api import policy_methods
from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition, invalid_argument
from rehearsal.services.secretmanager import filters, rules
from rehearsal.services.secretmanager.definition import API, service
from rehearsal.services.secretmanager.kept import (
    SECRETS,
    delete_secret,
    next_etag,
    shown,
    versions_of,
)

_PREFIX = "secretmanager.projects.secrets"
_CHANGEABLE = (
    "labels", "annotations", "versionAliases", "expireTime", "ttl", "versionDestroyTtl",
    "topics", "rotation", "customerManagedEncryption",
)  # fmt: skip
_SETTABLE = (*_CHANGEABLE, "replication", "secretType", "tags")
_PAGE = 25_000

secrets = Collection(
    SECRETS,
    missing=lambda name: f"Secret [{name}] not found.",
    exists=lambda name: f"Secret [{name}] already exists.",
)


def check_etag(given: str | None, current: Document) -> None:
    """Refuses a change to something that is no longer what its caller has seen.

    https://cloud.google.com/secret-manager/docs/etags

    Raises:
        ApiError: 400 FAILED_PRECONDITION.
    """
    if given and given != current["etag"]:
        raise failed_precondition(
            f"The provided etag [{given}] is not the current one of [{current['name']}]:"
            f" [{current['etag']}]."
        )


@service.method(*API, f"{_PREFIX}.create", source="recorded")
def create(call: Call) -> Document:
    """Makes a secret that has no version yet."""
    secret_id = call.parameter("secretId") or ""
    rules.check_id(secret_id)
    given = {field: deepcopy(call.body[field]) for field in _SETTABLE if field in call.body}
    rules.check(given)
    _check_aliases(given, set())
    name = shown(call.cloud, f"{call.path['parent']}/secrets/{secret_id}")
    secret = rules.with_times(given, given, call.now) | {
        "name": name,
        "createTime": rfc3339(call.now),
        "etag": next_etag(call.cloud.store),
    }
    return secrets.create(call, name, secret)


@service.method(*API, f"{_PREFIX}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a secret, never a value."""
    return secrets.get(call, shown(call.cloud, call.path["name"]))


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_secrets(call: Call) -> Document:
    """Lists a project's secrets, newest first."""
    prefix = shown(call.cloud, f"{call.path['parent']}/secrets/")
    found = filters.matching(secrets.list(call, prefix), call.parameter("filter"))
    found.sort(key=lambda secret: secret["createTime"], reverse=True)
    total = {} if call.parameter("filter") or not found else {"totalSize": len(found)}
    return page(call, found, "secrets", default=_PAGE) | total


@service.method(*API, f"{_PREFIX}.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes the fields of the mask, which must be there."""
    name = shown(call.cloud, call.path["name"])
    current = secrets.get(call, name)
    mask = call.parameter("updateMask")
    if not mask:
        raise invalid_argument("The update mask is missing.", ("update_mask", "It is required."))
    check_etag(call.body.get("etag"), current)
    paths = [path for path in mask.split(",") if path.strip() != "etag"]
    changed = patch(current, call.body, ",".join(paths), _CHANGEABLE) if paths else current
    rules.check(changed)
    _check_aliases(changed, {str(number) for number, _ in versions_of(call.cloud.store, name)})
    secret = rules.with_times(changed, _masked_times(call.body, mask), call.now)
    return secrets.replace(call, name, secret | {"etag": next_etag(call.cloud.store)})


@service.method(*API, f"{_PREFIX}.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a secret with all its versions."""
    name = shown(call.cloud, call.path["name"])
    check_etag(call.parameter("etag"), secrets.get(call, name))
    delete_secret(call.cloud, name)
    return {}


def _masked_times(body: Document, mask: str) -> Document:
    """Those of the two ways to say when a secret expires that this change is about."""
    masked = {"ttl": "ttl", "expireTime": "expireTime", "expire_time": "expireTime"}
    names = {masked[path.strip()] for path in mask.split(",") if path.strip() in masked}
    return {name: body[name] for name in names if name in body}


def _check_aliases(secret: Document, numbers: set[str]) -> None:
    for alias, number in secret.get("versionAliases", {}).items():
        if number not in numbers:
            raise invalid_argument(f"Version alias {alias} points to version {number}: none.")


policy_methods.register(
    service, *API, _PREFIX, lambda call, name: secrets.get(call, shown(call.cloud, name))
)
