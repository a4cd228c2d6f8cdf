"""The methods of a secret's versions: add, read, list, access, enable, disable, destroy.

https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
"""

import base64
from dataclasses import replace

import google_crc32c

from rehearsal.api.call import Call
from rehearsal.api.durations import duration
from rehearsal.api.pages import page
from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import failed_precondition, invalid_argument, not_found
from rehearsal.services.secretmanager import filters
from rehearsal.services.secretmanager.definition import API, service
from rehearsal.services.secretmanager.kept import (
    SECRETS,
    VERSIONS,
    VersionName,
    destroy,
    parsed,
    payload,
    put_value,
    put_version,
    shown,
    versions_of,
)
from rehearsal.services.secretmanager.secrets import check_etag, secrets

_PREFIX = "secretmanager.projects.secrets.versions"
_PAGE = 25_000
_VALUE_BYTES = 64 * 1024


def resolved(cloud: Cloud, name: VersionName) -> VersionName:
    """The version by its number, where it is named by an alias or ``latest``.

    ``latest`` is the one that was made last, whatever its state.

    Raises:
        ApiError: 404.
    """
    secret = cloud.store.get(SECRETS, name.secret)
    if name.version == "latest":
        numbered = versions_of(cloud.store, name.secret)
        if secret is None or not numbered:
            raise not_found(f"Secret [{name.secret}] not found or has no versions.")
        return replace(name, version=str(numbered[0][0]))
    if secret is not None and not name.version.isdigit():
        name = replace(name, version=secret.get("versionAliases", {}).get(name.version, "0"))
    return name


def found(cloud: Cloud, name: VersionName) -> Document:
    """The version, by its number.

    Raises:
        ApiError: 404.
    """
    version = cloud.store.get(VERSIONS, str(name))
    if version is None:
        raise not_found(f"Secret Version [{name}] not found.")
    return version


def require_enabled(version: Document) -> None:
    """Refuses to give the value of a version that is not enabled.

    Raises:
        ApiError: 400 FAILED_PRECONDITION.
    """
    if version["state"] != "ENABLED":
        raise _in_state(version)


@service.method(*API, "secretmanager.projects.secrets.addVersion", source="recorded")
def add(call: Call) -> Document:
    """Adds a version, which is the newest from then on."""
    secret_name = shown(call.cloud, call.path["parent"])
    secret = secrets.get(call, secret_name)
    value = _checked_value(call.body.get("payload") or {})
    newest = versions_of(call.cloud.store, secret_name)[:1]
    number = newest[0][0] + 1 if newest else 1
    put_value(call.cloud.store, secret_name, number, value)
    version: Document = {
        "name": f"{secret_name}/versions/{number}",
        "createTime": rfc3339(call.now),
        "state": "ENABLED",
        "replicationStatus": _replication_status(secret["replication"]),
    }
    if "dataCrc32c" in call.body["payload"]:
        version["clientSpecifiedPayloadChecksum"] = True
    return put_version(call.cloud.store, secret_name, number, version)


@service.method(*API, f"{_PREFIX}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a version's document, by number, alias or ``latest``."""
    return found(call.cloud, resolved(call.cloud, _named(call)))


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_versions(call: Call) -> Document:
    """Lists a secret's versions, newest first."""
    secret = shown(call.cloud, call.path["parent"])
    secrets.get(call, secret)
    documents = [version for _, version in versions_of(call.cloud.store, secret)]
    kept = filters.matching(documents, call.parameter("filter"))
    total = {} if call.parameter("filter") or not kept else {"totalSize": len(kept)}
    return page(call, kept, "versions", default=_PAGE) | total


@service.method(*API, f"{_PREFIX}.access", source="recorded")
def access(call: Call) -> Document:
    """Gives the value of an enabled version, and its checksum."""
    name = resolved(call.cloud, _named(call))
    require_enabled(found(call.cloud, name))
    value = payload(call.cloud.store, name.secret, int(name.version))
    return {"name": str(name), "payload": value}


@service.method(*API, f"{_PREFIX}.enable", source="recorded")
def enable(call: Call) -> Document:
    """Enables a version; a destruction that was to come does not come."""
    name, version = _to_change(call)
    version.pop("scheduledDestroyTime", None)
    return _put(call, name, version | {"state": "ENABLED"})


@service.method(*API, f"{_PREFIX}.disable", source="recorded")
def disable(call: Call) -> Document:
    """Disables a version; its value stays."""
    name, version = _to_change(call)
    return _put(call, name, version | {"state": "DISABLED"})


@service.method(*API, f"{_PREFIX}.destroy", source="recorded")
def destroy_version(call: Call) -> Document:
    """Destroys a version's value, at once or when the secret's delay has passed."""
    name, version = _to_change(call)
    delay = secrets.get(call, name.secret).get("versionDestroyTtl")
    if delay is None:
        return destroy(call.cloud.store, name.secret, int(name.version), rfc3339(call.now))
    moment = call.now + duration(delay, "secret.version_destroy_ttl")
    return _put(
        call, name, version | {"state": "DISABLED", "scheduledDestroyTime": rfc3339(moment)}
    )


def _named(call: Call) -> VersionName:
    return parsed(shown(call.cloud, call.path["name"]))


def _to_change(call: Call) -> tuple[VersionName, Document]:
    """The version whose state is to change; aliases but ``latest`` are for reading only.

    Raises:
        ApiError: 404; 400: its etag has changed, or it is destroyed for good.
    """
    name = _named(call)
    if name.version == "latest":
        name = resolved(call.cloud, name)
    version = found(call.cloud, name)
    check_etag(call.body.get("etag"), version)
    if version["state"] == "DESTROYED":
        raise _in_state(version)
    return name, version


def _put(call: Call, name: VersionName, version: Document) -> Document:
    return put_version(call.cloud.store, name.secret, int(name.version), version)


def _in_state(version: Document) -> Exception:
    return failed_precondition(
        f"Secret Version [{version['name']}] is in {version['state']} state."
    )


def _checked_value(given: Document) -> bytes:
    """The bytes to keep.

    Raises:
        ApiError: 400: there are none, too many, or others than the checksum was made of.
    """
    text = given.get("data", "").replace("-", "+").replace("_", "/")
    value = base64.b64decode(text + "=" * (-len(text) % 4))
    if not value:
        raise invalid_argument("Secret Payload cannot be empty.", ("payload", "It is empty."))
    if len(value) > _VALUE_BYTES:
        raise invalid_argument(
            f"The payload is too large: {len(value)} bytes, {_VALUE_BYTES} at most.",
            ("payload.data", f"At most {_VALUE_BYTES} bytes."),
        )
    checksum = given.get("dataCrc32c")
    if checksum is not None and int(checksum) != google_crc32c.value(value):
        raise invalid_argument(
            "The provided payload checksum does not match the payload's: the data was corrupted"
            " on its way.",
            ("payload.data_crc32c", "It is not the CRC32C of payload.data."),
        )
    return value


def _replication_status(replication: Document) -> Document:
    if "automatic" in replication:
        return {"automatic": {}}
    replicas = replication["userManaged"]["replicas"]
    return {"userManaged": {"replicas": [{"location": one["location"]} for one in replicas]}}
