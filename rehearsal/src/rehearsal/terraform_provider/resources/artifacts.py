"""Artifact Registry: repositories, and the image that a tag or digest names."""

from dataclasses import dataclass
from typing import override

from rehearsal.documents import Document
from rehearsal.terraform_provider.errors import ProviderError
from rehearsal.terraform_provider.resource import DataSource, Resource
from rehearsal.terraform_provider.resources.shared import (
    COMMON,
    LABELS,
    last_part,
    same_but_for_case,
    same_duration,
)
from rehearsal.terraform_provider.schema import (
    BOOL,
    HERE,
    NUMBER,
    STRINGS,
    Block,
    many,
    one,
    optional,
    output,
    required,
    timeouts,
)
from rehearsal.terraform_provider.session import Session
from rehearsal.terraform_provider.values import Object

_BASE = "https://artifactregistry.googleapis.com/v1/"
_NAME = "projects/{project}/locations/{location}/repositories/{repository_id}"
_LARGEST_PAGE = "1000"


@dataclass(frozen=True, kw_only=True)
class Repository(Resource):
    """Its format and mode are sent only once."""

    @override
    def body(
        self, session: Session, planned: Object, configured: Object, prior: Object | None
    ) -> Document:
        sent = super().body(session, planned, configured, prior)
        for policy in sent.get("cleanupPolicies", {}).values():
            policy.pop("id", None)  # it is the key
        if prior is not None:
            sent.pop("format", None)
            sent.pop("mode", None)
        return sent

    @override
    def state(self, session: Session, found: Document, prior: Object) -> Object:
        return super().state(session, found, prior) | {"name": last_part(found["name"])}


@dataclass(frozen=True, kw_only=True)
class DockerImage(DataSource):
    """The image that ``NAME``, ``NAME:TAG`` or ``NAME@DIGEST`` names now."""

    @override
    def read(self, session: Session, configured: Object) -> Object:
        images = session.expand(f"{_BASE}{_NAME}/dockerImages", configured)
        given: str = configured["image_name"]
        name, at, digest = given.partition("@")
        if at:
            found = session.rest.get(f"{images}/{name.replace('/', '%2F')}@{digest}")
        else:
            name, _, tag = given.partition(":")
            found = _newest(session, images, name.replace("/", "%2F"), tag)
        return configured | {
            "id": f"{images}/{given}",
            "name": found["name"],
            "self_link": found.get("uri"),
            "tags": found.get("tags", []),
            "image_size_bytes": found.get("imageSizeBytes"),
            "media_type": found.get("mediaType"),
            "upload_time": found.get("uploadTime"),
            "build_time": found.get("buildTime"),
            "update_time": found.get("updateTime"),
        }


def _newest(session: Session, images: str, name: str, tag: str) -> Document:
    query = {"orderBy": "update_time desc", "pageSize": _LARGEST_PAGE}
    while True:
        page = session.rest.get(images, **query)
        for image in page.get("dockerImages", []):
            if f"/{name}@" in image["name"] and (not tag or tag in image.get("tags", [])):
                found: Document = image
                return found
        if not page.get("nextPageToken"):
            raise ProviderError("Requested image was not found.")
        query["pageToken"] = page["nextPageToken"]


RESOURCES = (
    Repository(
        type="google_artifact_registry_repository",
        noun="Repository",
        label="ArtifactRegistryRepository",
        id=_NAME,
        url=f"{_BASE}{_NAME}",
        collection=f"{_BASE}projects/{{project}}/locations/{{location}}/repositories",
        create_query={"repository_id": "{repository_id}"},
        masked=True,
        operations=_BASE,
        imports=("{project}/{location}/{repository_id}", "{location}/{repository_id}"),
        block=Block(
            COMMON
            | LABELS
            | {
                "repository_id": required(rest=HERE, replaces=True),
                "location": optional(computed=True, rest=HERE, replaces=True),
                "format": required(replaces=True, same=same_but_for_case),
                "mode": optional(
                    default="STANDARD_REPOSITORY",
                    replaces=True,
                    allowed=("STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"),
                ),
                "description": optional(),
                "kms_key_name": optional(replaces=True),
                "cleanup_policy_dry_run": optional(BOOL),
                "name": output(rest=HERE),
                "create_time": output(),
                "update_time": output(),
                "registry_uri": output(),
                "docker_config": one()(immutable_tags=optional(BOOL)),
                "cleanup_policies": many(nesting="set", keyed_by="id")(
                    id=required(),
                    action=optional(allowed=("DELETE", "KEEP")),
                    condition=one()(
                        tag_state=optional(default="ANY", allowed=("TAGGED", "UNTAGGED", "ANY")),
                        tag_prefixes=optional(STRINGS),
                        version_name_prefixes=optional(STRINGS),
                        package_name_prefixes=optional(STRINGS),
                        older_than=optional(same=same_duration),
                        newer_than=optional(same=same_duration),
                    ),
                    most_recent_versions=one()(
                        keep_count=optional(NUMBER), package_name_prefixes=optional(STRINGS)
                    ),
                ),
                "vulnerability_scanning_config": one(computed=True)(
                    enablement_config=optional(allowed=("INHERITED", "DISABLED")),
                    enablement_state=output(sends=True),
                    enablement_state_reason=output(sends=True),
                ),
                "timeouts": timeouts("create", "update", "delete"),
            }
        ),
    ),
)
DATA_SOURCES = (
    DockerImage(
        type="google_artifact_registry_docker_image",
        block=Block(
            {
                "id": optional(computed=True),
                "project": optional(),
                "location": required(),
                "repository_id": required(),
                "image_name": required(),
                "tags": output(STRINGS),
                **dict.fromkeys(
                    ("name", "self_link", "image_size_bytes", "media_type",
                     "upload_time", "build_time", "update_time"),
                    output(),
                ),
            }
        ),
    ),
)  # fmt: skip
