"""The two API versions say the same: whatever v1 sends comes back, and whatever v2 keeps."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.discovery.description import description
from rehearsal.discovery.validation import validated
from rehearsal.documents import Document
from rehearsal.services.run.conversion.objects import EXECUTION, JOB, TASK_OBJECT
from rehearsal.services.run.conversion.rules import Table, to_v1, to_v2

PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""No machine is too slow or too busy for these."""
WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=12)
TEXT = st.text(max_size=20)
NUMBER = st.integers(0, 1000)
MOMENT = st.datetimes().map(lambda one: f"{one:%Y-%m-%dT%H:%M:%S}Z")


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    """An object with any of these fields, but not with none."""
    return st.fixed_dictionaries({}, optional=fields).filter(bool)


def run(name: str) -> str:
    return f"run.googleapis.com/{name}"


LABELS = st.dictionaries(WORD, WORD, min_size=1, max_size=3)
VARIABLE = st.one_of(
    st.fixed_dictionaries({"name": WORD, "value": TEXT}),
    st.fixed_dictionaries({
        "name": WORD,
        "valueFrom": st.fixed_dictionaries(
            {"secretKeyRef": st.fixed_dictionaries({"name": WORD, "key": WORD})}
        ),
    }),
)  # fmt: skip
CONTAINER = some(
    name=WORD,
    image=TEXT,
    command=st.lists(TEXT, min_size=1, max_size=2),
    args=st.lists(TEXT, min_size=1, max_size=2),
    env=st.lists(VARIABLE, min_size=1, max_size=3),
    resources=st.fixed_dictionaries({"limits": LABELS}),
    volumeMounts=st.lists(st.fixed_dictionaries({"name": WORD, "mountPath": TEXT}), min_size=1),
    workingDir=TEXT,
    startupProbe=st.fixed_dictionaries({"tcpSocket": st.fixed_dictionaries({"port": NUMBER})}),
)
SECRET_ITEM = st.fixed_dictionaries({"key": WORD, "path": WORD, "mode": NUMBER})
BUCKET = st.fixed_dictionaries({
    "driver": st.just("gcsfuse.run.googleapis.com"),
    "readOnly": st.booleans(),
    "volumeAttributes": st.fixed_dictionaries({
        "bucketName": WORD, "mountOptions": st.lists(WORD, min_size=1, max_size=2).map(",".join)}),
})  # fmt: skip
VOLUME = st.one_of(
    st.fixed_dictionaries({"name": WORD, "secret": st.fixed_dictionaries(
        {"secretName": WORD, "defaultMode": NUMBER, "items": st.lists(SECRET_ITEM, max_size=2)})}),
    st.fixed_dictionaries({"name": WORD, "emptyDir": st.fixed_dictionaries(
        {}, optional={"medium": st.sampled_from(["Memory", "Disk"]), "sizeLimit": WORD})}),
    st.fixed_dictionaries({"name": WORD, "csi": BUCKET}),
    st.fixed_dictionaries({"name": WORD, "nfs": some(server=WORD, path=TEXT)}),
)  # fmt: skip
TASK_SPEC = some(
    containers=st.lists(CONTAINER, min_size=1, max_size=2),
    volumes=st.lists(VOLUME, min_size=1, max_size=2),
    maxRetries=NUMBER,
    serviceAccountName=WORD,
    timeoutSeconds=NUMBER.map(str),
    nodeSelector=st.fixed_dictionaries({run("accelerator"): WORD}),
)
TASK_ANNOTATIONS = {
    run("execution-environment"): st.sampled_from(["gen1", "gen2"]),
    run("vpc-access-connector"): WORD,
    run("vpc-access-egress"): st.sampled_from(["all-traffic", "private-ranges-only"]),
    run("network-interfaces"): st.just('[{"network": "default"}]'),
    run("encryption-key"): WORD,
    run("cloudsql-instances"): WORD,
}
CLIENT = {run("client-name"): WORD, run("client-version"): WORD, "own/note": TEXT}
CONDITION = st.fixed_dictionaries({
    "type": st.sampled_from(["Completed", "Started"]),
    "status": st.sampled_from(["True", "False", "Unknown"]),
    "lastTransitionTime": MOMENT,
}, optional={
    "message": TEXT,
    "reason": st.sampled_from(["NonZeroExitCode", "Cancelled", "ContainerMissing"]),
    "severity": st.sampled_from(["Error", "Warning", "Info"]),
})  # fmt: skip
CONDITIONS = st.lists(CONDITION, min_size=1, max_size=3)


def metadata(annotations: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[Document]:
    return some(
        uid=WORD,
        generation=NUMBER,
        creationTimestamp=MOMENT,
        resourceVersion=WORD,
        labels=LABELS,
        annotations=some(**annotations),
    )


EXECUTION_SPEC = some(
    taskCount=NUMBER,
    parallelism=NUMBER,
    template=st.fixed_dictionaries({"spec": TASK_SPEC}),
)
TEMPLATE = some(
    metadata=some(labels=LABELS, annotations=some(**TASK_ANNOTATIONS | CLIENT)),
    spec=EXECUTION_SPEC,
)
JOB_ANNOTATIONS = CLIENT | {
    run("creator"): WORD,
    run("lastModifier"): WORD,
    run("launch-stage"): st.sampled_from(["ALPHA", "BETA"]),
    run("binary-authorization"): st.sampled_from(["default", "projects/demo/policy"]),
}
JOBS = some(
    metadata=metadata(JOB_ANNOTATIONS),
    spec=st.fixed_dictionaries({"template": TEMPLATE}),
    status=some(
        observedGeneration=NUMBER,
        executionCount=NUMBER,
        latestCreatedExecution=some(
            name=WORD,
            creationTimestamp=MOMENT,
            completionStatus=st.sampled_from(["EXECUTION_RUNNING", "EXECUTION_FAILED"]),
        ),
        conditions=CONDITIONS.map(lambda rest: [
            {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-05T00:00:00Z"},
            *rest,
        ]),
    ),
)  # fmt: skip
EXECUTIONS = some(
    metadata=metadata(CLIENT | TASK_ANNOTATIONS | {run("creator"): WORD}),
    spec=EXECUTION_SPEC,
    status=some(
        observedGeneration=NUMBER,
        conditions=CONDITIONS,
        startTime=MOMENT,
        failedCount=NUMBER,
        retriedCount=NUMBER,
        logUri=TEXT,
    ),
)
TASKS = some(
    metadata=metadata(TASK_ANNOTATIONS | {"own/note": TEXT}),
    spec=TASK_SPEC,
    status=some(
        conditions=CONDITIONS,
        index=NUMBER,
        retried=NUMBER,
        lastAttemptResult=st.fixed_dictionaries({"exitCode": NUMBER}),
    ),
)


def comes_back(table: Table, schema: str, document: Document) -> None:
    """Through v2 and back, each step as the schemas of the APIs have it."""
    assert validated(description("run", "v1"), schema, document) == document
    kept = to_v2(table, document)
    assert validated(description("run", "v2"), f"GoogleCloudRunV2{schema}", kept) == kept
    assert to_v1(table, kept) == document
    assert to_v2(table, to_v1(table, kept)) == kept


@PATIENT
@given(JOBS)
def test_a_job_comes_back_from_v2_as_it_was(document: Document) -> None:
    comes_back(JOB, "Job", document)


@PATIENT
@given(EXECUTIONS)
def test_an_execution_comes_back_from_v2_as_it_was(document: Document) -> None:
    comes_back(EXECUTION, "Execution", document)


@PATIENT
@given(TASKS)
def test_a_task_comes_back_from_v2_as_it_was(document: Document) -> None:
    comes_back(TASK_OBJECT, "Task", document)
