"""The methods of repositories: make, read, list, change, delete, and who may do what with them.

https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories
"""

from copy import deepcopy

from rehearsal.api import operations, policy_methods
from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.artifactregistry import repository_rules as rules
from rehearsal.services.artifactregistry.definition import API, service
from rehearsal.services.artifactregistry.deletion import delete_version
from rehearsal.services.artifactregistry.index import Index
from rehearsal.services.artifactregistry.kinds import REPOSITORIES
from rehearsal.services.artifactregistry.lists import ordered
from rehearsal.services.artifactregistry.locations import require_location
from rehearsal.services.artifactregistry.names import PackageName, repository_of

_PREFIX = "artifactregistry.projects.locations.repositories"
_CHANGEABLE = (
    "description", "labels", "dockerConfig", "cleanupPolicies", "cleanupPolicyDryRun",
    "vulnerabilityScanningConfig",
)  # fmt: skip
_SETTABLE = (*_CHANGEABLE, "format", "mode", "kmsKeyName")
_TYPES = "type.googleapis.com/google.devtools.artifactregistry.v1"
EMPTY = "type.googleapis.com/google.protobuf.Empty"
METADATA: Document = {"@type": f"{_TYPES}.OperationMetadata"}

repositories = Collection(
    REPOSITORIES,
    missing=lambda _: "Requested entity was not found.",
    exists=lambda _: "the repository already exists",
)


@service.method(*API, f"{_PREFIX}.create", source="recorded")
def create(call: Call) -> Document:
    """Makes an empty repository."""
    parent = call.path["parent"]
    require_location(parent)
    repository_id = call.parameter("repositoryId") or ""
    rules.check_id(repository_id)
    name = repository_of(f"{parent}/repositories/{repository_id}")
    given = {field: deepcopy(call.body[field]) for field in _SETTABLE if field in call.body}
    moment = rfc3339(call.now)
    repository = rules.completed(given) | {
        "name": str(name),
        "createTime": moment,
        "updateTime": moment,
        "registryUri": name.uri,
        "satisfiesPzi": True,
    }
    repositories.create(call, str(name), repository)
    return operations.done(call, parent, _shown(call, repository), f"{_TYPES}.Repository", METADATA)


@service.method(*API, f"{_PREFIX}.get", source="recorded")
def get(call: Call) -> Document:
    """Reads a repository, and how much it stores."""
    return _shown(call, repositories.get(call, call.path["name"]))


@service.method(*API, f"{_PREFIX}.list", source="recorded")
def list_repositories(call: Call) -> Document:
    """Lists a location's repositories."""
    require_location(call.path["parent"])
    found = repositories.list(call, f"{call.path['parent']}/repositories/")
    shown = [_shown(call, repository) for repository in found]
    return page(call, ordered(call, shown), "repositories")


@service.method(*API, f"{_PREFIX}.patch", source="recorded")
def update(call: Call) -> Document:
    """Changes the fields of the mask; without a mask, all that can be set."""
    current = repositories.get(call, call.path["name"])
    changed = patch(current, call.body, call.parameter("updateMask"), _CHANGEABLE)
    repository = rules.completed(changed) | {"updateTime": rfc3339(call.now)}
    return _shown(call, repositories.replace(call, current["name"], repository))


@service.method(*API, f"{_PREFIX}.delete", source="recorded", outside=True)
def delete(call: Call) -> Document:
    """Deletes a repository with all its images."""
    name = repository_of(call.path["name"])
    repositories.get(call, str(name))
    versions = Index(call.cloud.store).versions(name)
    for version in versions:
        delete_version(call.cloud, PackageName(name, version.package), version.digest)
    with call.cloud.store.transaction():
        repositories.delete(call, str(name))
        call.cloud.access.forget(name.full)
        parent = str(name).partition("/repositories/")[0]
        return operations.done(call, parent, {}, EMPTY, METADATA)


def _shown(call: Call, repository: Document) -> Document:
    """With what is counted or derived when it is asked for."""
    scanning = repository.get("vulnerabilityScanningConfig", {})
    return repository | {
        "sizeBytes": str(Index(call.cloud.store).size_bytes(repository_of(repository["name"]))),
        "vulnerabilityScanningConfig": scanning
        | {
            "enablementState": "SCANNING_DISABLED",
            "enablementStateReason": "API containerscanning.googleapis.com is not enabled.",
            "lastEnableTime": repository["createTime"],
        },
    }


policy_methods.register(service, *API, _PREFIX, repositories.get)
operations.register(
    service, *API, "artifactregistry.projects.locations.operations.get", source="recorded"
)
