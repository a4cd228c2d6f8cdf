"""The fields without which the real tools see a change, fail or crash, by method.

Found by leaving out one field at a time: without the field Terraform would plan a change or a
replacement, or the tool ended with an error. A field is asked for only where the recording has it:
who never set labels needs none.
"""

from collections.abc import Iterator
from typing import Any

_POLICY = "bindings[].role bindings[].members"
_CONDITIONS = "status.conditions[].type status.conditions[].status"
_JOB_V1 = f"""
    metadata.name metadata.namespace metadata.generation metadata.creationTimestamp
    metadata.labels metadata.labels.cloud.googleapis.com/location metadata.annotations
    spec.template.metadata spec.template.spec.template.spec.containers[].image
    spec.template.spec.template.spec.maxRetries spec.template.spec.template.spec.timeoutSeconds
    spec.template.spec.template.spec.serviceAccountName status.observedGeneration {_CONDITIONS}
"""
_EXECUTION_V1 = f"""
    metadata.name metadata.namespace metadata.labels.cloud.googleapis.com/location
    metadata.creationTimestamp metadata.annotations spec.taskCount status.logUri {_CONDITIONS}
"""
_JOB_V2 = """
    labels labels.* template.taskCount template.template.containers[].image
    template.template.containers[].env[].name template.template.containers[].env[].value
    template.template.containers[].env[].valueSource.secretKeyRef.secret
    template.template.containers[].env[].valueSource.secretKeyRef.version
    template.template.containers[].resources.limits.cpu
    template.template.containers[].resources.limits.memory template.template.maxRetries
    template.template.serviceAccount template.template.timeout
"""
_SCHEDULER_JOB = """
    name schedule description timeZone attemptDeadline httpTarget.uri httpTarget.httpMethod
    httpTarget.oauthToken.serviceAccountEmail retryConfig.retryCount
    retryConfig.minBackoffDuration retryConfig.maxBackoffDuration retryConfig.maxDoublings
"""
_DATASET = """
    datasetReference.datasetId datasetReference.projectId friendlyName labels labels.* location
    access[].role
"""
_TABLE = """
    tableReference.projectId tableReference.datasetId tableReference.tableId labels labels.* type
    view.query schema.fields[].name schema.fields[].type schema.fields[].mode
    timePartitioning.type timePartitioning.field
"""
_ACCOUNT = "name email projectId uniqueId displayName description"
_SECRET = "name labels labels.* replication.automatic"
_REPOSITORY = """
    name format mode description labels labels.* dockerConfig.immutableTags
    cleanupPolicies.*.action cleanupPolicies.*.condition.tagState
    cleanupPolicies.*.condition.olderThan cleanupPolicies.*.mostRecentVersions.keepCount
"""
_BUCKET = """
    id name location storageClass labels labels.* versioning.enabled
    iamConfiguration.uniformBucketLevelAccess.enabled lifecycle.rule[].action
    lifecycle.rule[].condition projectNumber
"""
_QUERY_JOB = """
    jobReference.jobId jobReference.projectId status.state statistics.query.statementType
"""
_METRIC = """
    name filter description labelExtractors.* metricDescriptor.metricKind
    metricDescriptor.valueType metricDescriptor.unit metricDescriptor.labels[].key
"""
_ALERT = """
    name displayName combiner enabled severity conditions[].displayName notificationChannels
    alertStrategy documentation.content userLabels.*
    conditions[].conditionMatchedLog.filter
    conditions[].conditionPrometheusQueryLanguage.query
    conditions[].conditionPrometheusQueryLanguage.duration
    conditions[].conditionPrometheusQueryLanguage.evaluationInterval
    conditions[].conditionThreshold.filter conditions[].conditionThreshold.comparison
    conditions[].conditionThreshold.duration
"""
_PROVIDER = """
    name displayName attributeMapping attributeMapping.* attributeCondition oidc.issuerUri
"""

NEEDED = {
    "artifactregistry.projects.locations.list": "locations[].name locations[].locationId",
    "artifactregistry.projects.locations.operations.get": "name done",
    "artifactregistry.projects.locations.repositories.create": "name",
    "artifactregistry.projects.locations.repositories.dockerImages.list": (
        "dockerImages[].name dockerImages[].uri"
    ),
    "artifactregistry.projects.locations.repositories.get": _REPOSITORY,
    "artifactregistry.projects.locations.repositories.getIamPolicy": _POLICY,
    "artifactregistry.projects.locations.repositories.list": (
        "repositories[].name repositories[].format repositories[].sizeBytes"
    ),
    "artifactregistry.projects.locations.repositories.packages.list": "packages[].name",
    "artifactregistry.projects.locations.repositories.packages.tags.get": "name version",
    "artifactregistry.projects.locations.repositories.packages.tags.list": (
        "tags[].name tags[].version"
    ),
    "artifactregistry.projects.locations.repositories.patch": _REPOSITORY,
    "bigquery.datasets.get": _DATASET,
    "bigquery.datasets.insert": _DATASET,
    "bigquery.datasets.list": (
        "datasets[].datasetReference.datasetId datasets[].datasetReference.projectId"
    ),
    "bigquery.jobs.get": _QUERY_JOB,
    "bigquery.jobs.getQueryResults": (
        "jobComplete schema.fields[].name schema.fields[].type rows[].f totalRows"
    ),
    "bigquery.jobs.insert": f"{_QUERY_JOB} statistics.query.totalBytesProcessed",
    "bigquery.tabledata.list": "rows[].f totalRows",
    "bigquery.tables.get": _TABLE,
    "bigquery.tables.list": "tables[].tableReference.tableId tables[].type",
    "cloudbilling.projects.getBillingInfo": "billingAccountName",
    "cloudresourcemanager.projects.get": "lifecycleState projectId projectNumber name createTime",
    "cloudresourcemanager.projects.getIamPolicy": "etag bindings[].role bindings[].members",
    "cloudresourcemanager.projects.list": "projects[].projectId projects[].projectNumber",
    "cloudscheduler.projects.locations.jobs.create": _SCHEDULER_JOB,
    "cloudscheduler.projects.locations.jobs.get": _SCHEDULER_JOB,
    "cloudscheduler.projects.locations.jobs.list": (
        "jobs[].name jobs[].schedule jobs[].state jobs[].timeZone jobs[].httpTarget"
    ),
    "iam.projects.locations.workloadIdentityPools.get": "name state displayName",
    "iam.projects.locations.workloadIdentityPools.operations.get": "name done",
    "iam.projects.locations.workloadIdentityPools.providers.get": _PROVIDER,
    "iam.projects.locations.workloadIdentityPools.providers.operations.get": "name done",
    "iam.projects.serviceAccounts.create": _ACCOUNT,
    "iam.projects.serviceAccounts.get": _ACCOUNT,
    "iam.projects.serviceAccounts.getIamPolicy": f"etag {_POLICY}",
    "iam.projects.serviceAccounts.list": "accounts[].email accounts[].displayName",
    "logging.entries.list": """
        entries[].insertId entries[].logName entries[].timestamp entries[].severity
        entries[].resource.type entries[].resource.labels.job_name
    """,
    "logging.projects.metrics.get": _METRIC,
    "monitoring.projects.alertPolicies.get": _ALERT,
    "monitoring.projects.dashboards.get": "name displayName mosaicLayout.tiles[].widget.title etag",
    "monitoring.projects.notificationChannels.get": "name displayName enabled labels.* type",
    "run.namespaces.executions.get": _EXECUTION_V1,
    "run.namespaces.executions.list": "metadata items[].metadata.name items[].spec items[].status",
    "run.namespaces.jobs.create": _JOB_V1,
    "run.namespaces.jobs.get": _JOB_V1,
    "run.namespaces.jobs.list": """
        metadata items[].metadata.name items[].metadata.labels.cloud.googleapis.com/location
        items[].status.conditions[].type
    """,
    "run.namespaces.jobs.replaceJob": _JOB_V1,
    "run.namespaces.jobs.run": "metadata.name metadata.namespace",
    "run.namespaces.tasks.list": "metadata items[].metadata.name items[].spec items[].status",
    "run.projects.locations.jobs.create": "name",
    "run.projects.locations.jobs.get": _JOB_V2,
    "run.projects.locations.jobs.getIamPolicy": _POLICY,
    "run.projects.locations.operations.get": "name done",
    "secretmanager.projects.secrets.addVersion": "name state",
    "secretmanager.projects.secrets.create": _SECRET,
    "secretmanager.projects.secrets.get": _SECRET,
    "secretmanager.projects.secrets.getIamPolicy": f"etag {_POLICY}",
    "secretmanager.projects.secrets.list": "secrets[].name secrets[].replication.automatic",
    "secretmanager.projects.secrets.versions.access": "name payload.data payload.dataCrc32c",
    "secretmanager.projects.secrets.versions.get": "name state",
    "secretmanager.projects.secrets.versions.list": "versions[].name versions[].state",
    "serviceusage.operations.get": "name done",
    "serviceusage.services.get": "name state",
    "serviceusage.services.list": "services[].name",
    "storage.buckets.get": _BUCKET,
    "storage.buckets.getIamPolicy": "etag bindings[].role bindings[].members",
    "storage.buckets.insert": _BUCKET,
    "storage.objects.get": "name bucket generation size md5Hash",
    "storage.objects.insert": "name bucket generation size",
    "storage.objects.list": "items[].name items[].generation items[].size prefixes[]",
}

CONFIGURED = {
    "artifactregistry.projects.locations.repositories.get",
    "bigquery.datasets.get",
    "bigquery.tables.get",
    "cloudscheduler.projects.locations.jobs.get",
    "iam.projects.locations.workloadIdentityPools.get",
    "iam.projects.locations.workloadIdentityPools.providers.get",
    "iam.projects.serviceAccounts.get",
    "logging.projects.metrics.get",
    "monitoring.projects.alertPolicies.get",
    "monitoring.projects.dashboards.get",
    "monitoring.projects.notificationChannels.get",
    "run.projects.locations.jobs.get",
    "secretmanager.projects.secrets.get",
    "secretmanager.projects.secrets.versions.get",
    "storage.buckets.get",
}
"""What Terraform has configured: another value is as much of a change as none."""
_MADE_UP = {"etag", "uniqueId", "role"}
"""Fields whose values the server chooses, or may spell in two ways (OWNER, roles/...)."""


def lacking(method_id: str, recorded: Any, ours: Any) -> list[str]:
    """The needed fields of a method's answer that ours lacks or, if configured, has otherwise."""
    values = method_id in CONFIGURED
    return [
        line
        for pattern in NEEDED.get(method_id, "").split()
        for line in _lacking(_steps(pattern), recorded, ours, "", values=values)
    ]


def _steps(pattern: str) -> list[str]:
    """``a.b[].c`` as a, b, [], c; the key of the label that tells a region keeps its dots."""
    head, found, key = pattern.partition("cloud.googleapis.com")
    steps = [one for one in head.replace("[]", ".[]").split(".") if one]
    return [*steps, found + key] if found else steps


def _lacking(
    steps: list[str], recorded: Any, ours: Any, place: str, *, values: bool
) -> Iterator[str]:
    """What is wrong where the steps lead to in ``recorded``."""
    if not steps:
        made_up = isinstance(recorded, dict) or place.rpartition(".")[2] in _MADE_UP
        if values and not made_up and recorded != ours:
            yield f"{place} is {ours!r} instead of {recorded!r}"
        return
    if steps[0] == "[]":
        for one, other in _items(recorded, ours):
            yield from _lacking(steps[1:], one, other, f"{place}[]", values=values)
        return
    for name in _names(steps[0], recorded):
        if not isinstance(ours, dict) or name not in ours:
            yield f"no {place}.{name}"
        else:
            yield from _lacking(
                steps[1:], recorded[name], ours[name], f"{place}.{name}", values=values
            )


def _names(step: str, recorded: Any) -> list[str]:
    """The fields that a step leads to and that have a value; an empty list is as good as none."""
    fields = recorded if isinstance(recorded, dict) else {}
    wanted = list(fields) if step == "*" else [step]
    return [name for name in wanted if fields.get(name) not in (None, [])]


def _items(recorded: Any, ours: Any) -> list[tuple[Any, Any]]:
    """Item by item if the lists are of one length, else each of ours with the first recorded."""
    if not ours:
        return [(recorded[0], None)] if recorded else []
    alike = recorded if len(recorded) == len(ours) else recorded[:1] * len(ours)
    return list(zip(alike, ours, strict=True)) if recorded else []
