"""The resources of which a member can be given a role, and how each is addressed."""

from typing import Any

from rehearsal.terraform_provider.resources.bigquery_datasets import BASE as _BIGQUERY
from rehearsal.terraform_provider.resources.membership import (
    POLICY_VERSION,
    DatasetMember,
    Member,
)
from rehearsal.terraform_provider.resources.shared import ID, PROJECT, same_name
from rehearsal.terraform_provider.schema import (
    HERE,
    Attribute,
    Block,
    Nested,
    one,
    optional,
    output,
    required,
    timeouts,
)


def _member_of(
    type_: str, fields: dict[str, Attribute | Nested], *, of: type[Member] = Member, **rest: Any
) -> Member:
    """A member's table: what names the resource, and what all members have."""
    own: dict[str, Attribute | Nested] = {
        "id": ID,
        "role": required(rest=HERE, replaces=True),
        "member": required(rest=HERE, replaces=True),
        "etag": output(rest=HERE),
        "condition": one(replaces=True)(
            title=required(replaces=True),
            expression=required(replaces=True),
            description=optional(replaces=True),
        ),
    }
    return of(
        type=type_, noun="member", label="member", collection="", block=Block(own | fields), **rest
    )


_NAMES = required(rest=HERE, replaces=True, same=same_name)
_LOCATION = optional(computed=True, rest=HERE, replaces=True)
_JOB = "projects/{project}/locations/{location}/jobs/{name}"
_REPOSITORY = "projects/{project}/locations/{location}/repositories/{repository}"
_SECRET = "projects/{project}/secrets/{secret_id}"  # noqa: S105 - a name
_DATASET = "projects/{project}/datasets/{dataset_id}"
_IN_QUERY = {"options.requestedPolicyVersion": str(POLICY_VERSION)}

RESOURCES = (
    _member_of(
        "google_project_iam_member",
        {"project": required(rest=HERE, replaces=True)},
        named_by="project",
        id="{project}",
        described='project "{project}"',
        url="https://cloudresourcemanager.googleapis.com/v1/projects/{project}",
        read_method="POST",
        read_body={"options": {"requestedPolicyVersion": POLICY_VERSION}},
        written_with={"updateMask": "bindings,etag,auditConfigs"},
        batched=True,
    ),
    _member_of(
        "google_service_account_iam_member",
        {"service_account_id": required(rest=HERE, replaces=True)},
        named_by="service_account_id",
        id="{service_account_id:path}",
        described="service account '{service_account_id:path}'",
        url="https://iam.googleapis.com/v1/{service_account_id:path}",
        read_method="POST",
        read_query=_IN_QUERY,
    ),
    _member_of(
        "google_secret_manager_secret_iam_member",
        {"project": PROJECT, "secret_id": _NAMES},
        named_by="secret_id",
        id=_SECRET,
        described=f'secretmanager secret "{_SECRET}"',
        url=f"https://secretmanager.googleapis.com/v1/{_SECRET}",
        read_query=_IN_QUERY,
    ),
    _member_of(
        "google_artifact_registry_repository_iam_member",
        {"project": PROJECT, "location": _LOCATION, "repository": _NAMES},
        named_by="repository",
        id=_REPOSITORY,
        described=f'artifactregistry repository "{_REPOSITORY}"',
        url=f"https://artifactregistry.googleapis.com/v1/{_REPOSITORY}",
    ),
    _member_of(
        "google_cloud_run_v2_job_iam_member",
        {"project": PROJECT, "location": _LOCATION, "name": _NAMES},
        named_by="name",
        id=_JOB,
        described=f'cloudrunv2 job "{_JOB}"',
        url=f"https://run.googleapis.com/v2/{_JOB}",
    ),
    _member_of(
        "google_storage_bucket_iam_member",
        {"bucket": _NAMES, "timeouts": timeouts("create")},
        named_by="bucket",
        id="b/{bucket}",
        described='storage bucket "b/{bucket}"',
        url="https://storage.googleapis.com/storage/v1/b/{bucket}",
        read_query={"optionsRequestedPolicyVersion": str(POLICY_VERSION)},
        bare=True,
    ),
    _member_of(
        "google_bigquery_dataset_iam_member",
        {"project": PROJECT, "dataset_id": _NAMES},
        of=DatasetMember,
        named_by="dataset_id",
        id=_DATASET,
        described=f'BigQuery Dataset "{_DATASET}"',
        url=f"{_BIGQUERY}{_DATASET}",
    ),
)
DATA_SOURCES = ()
