"""Projects, v1 and v3: read, listed, and who may do what in them."""

from rehearsal.api.call import Call
from rehearsal.api.pages import page
from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import ApiError, not_found, permission_denied
from rehearsal.services.resourcemanager.definition import service

_NAMES = "//cloudresourcemanager.googleapis.com/projects/"
_MAY_SEE = "resourcemanager.projects.get"


def create_project(cloud: Cloud, project_id: str, number: str, owner: str) -> None:
    """Makes a project; ``owner`` is a member, as ``user:owner@example.com``."""
    cloud.projects.put(
        {
            "projectNumber": number,
            "projectId": project_id,
            "lifecycleState": "ACTIVE",
            "name": project_id,
            "createTime": rfc3339(cloud.clock.now()),
        }
    )
    cloud.access.put_bindings(
        f"{_NAMES}{project_id}", [{"role": "roles/owner", "members": [owner]}]
    )


@service.resource_of("cloudresourcemanager", "v1", "cloudresourcemanager.projects")
def _project_v1(call: Call) -> str:
    return f"{_NAMES}{_named(call)}"


def _named(call: Call) -> str:
    name = call.path.get("projectId") or call.path.get("resource") or call.path.get("name") or ""
    return call.cloud.projects.id_of(name.removeprefix("projects/"))


def _require_project(call: Call, _: str = "") -> Document:
    """The project of a call.

    Raises:
        ApiError: 404.
    """
    document = call.cloud.projects.get(_named(call))
    if document is None:
        raise not_found(f"Project '{_named(call)}' not found or permission denied.")
    return document


@service.method(
    "cloudresourcemanager", "v1", "cloudresourcemanager.projects.get", source="recorded"
)
def get_v1(call: Call) -> Document:
    """A project, by id or number."""
    return _require_project(call)


@service.method(
    "cloudresourcemanager",
    "v3",
    "cloudresourcemanager.projects.get",
    source="https://cloud.google.com/resource-manager/reference/rest/v3/projects",
)
def get_v3(call: Call) -> Document:
    """The same, in the form of v3."""
    return _as_v3(_require_project(call))


@service.method(
    "cloudresourcemanager", "v1", "cloudresourcemanager.projects.list", source="recorded",
    unchecked="only what the caller may see is listed",
)  # fmt: skip
def list_v1(call: Call) -> Document:
    """The projects that the caller may see."""
    return page(call, _visible(call), "projects", default=500)


@service.method(
    "cloudresourcemanager", "v3", "cloudresourcemanager.projects.search",
    source="https://cloud.google.com/resource-manager/reference/rest/v3/projects/search",
    unchecked="only what the caller may see is listed",
)  # fmt: skip
def search_v3(call: Call) -> Document:
    """The same, in the form of v3."""
    return page(call, [_as_v3(one) for one in _visible(call)], "projects", default=500)


def _visible(call: Call) -> list[Document]:
    return [
        one
        for one in call.cloud.projects.all()
        if call.cloud.access.allows(call.principal, _MAY_SEE, f"{_NAMES}{one['projectId']}")
    ]


def _as_v3(project: Document) -> Document:
    return {
        "name": f"projects/{project['projectNumber']}",
        "projectId": project["projectId"],
        "state": project["lifecycleState"],
        "displayName": project["name"],
        "createTime": project["createTime"],
    }


def _get_policy(call: Call) -> Document:
    _require_project(call)
    return call.cloud.access.policy(f"{_NAMES}{_named(call)}")


def _set_policy(call: Call) -> Document:
    """Replaces a project's policy; its owners can't be taken away from it.

    https://cloud.google.com/resource-manager/reference/rest/v1/projects/setIamPolicy
    """
    _require_project(call)
    policy = call.body.get("policy", {})
    if not any(one.get("role") == "roles/owner" for one in policy.get("bindings", [])):
        owners = call.cloud.access.policy(f"{_NAMES}{_named(call)}").get("bindings", [])
        if any(one["role"] == "roles/owner" for one in owners):
            raise _last_owner()
    return call.cloud.access.set_policy(f"{_NAMES}{_named(call)}", policy)


def _last_owner() -> ApiError:
    return permission_denied(
        "Request violates constraint: a project must have at least one owner.", reason="forbidden"
    )


def _test_permissions(call: Call) -> Document:
    _require_project(call)
    resource = f"{_NAMES}{_named(call)}"
    held = [
        one
        for one in call.body.get("permissions", [])
        if call.cloud.access.allows(call.principal, one, resource)
    ]
    return {"permissions": held} if held else {}


for _version in ("v1", "v3"):
    for _verb, _handler, _unchecked in (
        ("getIamPolicy", _get_policy, ""),
        ("setIamPolicy", _set_policy, ""),
        ("testIamPermissions", _test_permissions, "everybody may ask what they may do"),
    ):
        service.method(
            "cloudresourcemanager", _version, f"cloudresourcemanager.projects.{_verb}",
            source="recorded", unchecked=_unchecked,
        )(_handler)  # fmt: skip
