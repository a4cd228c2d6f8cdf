"""Jobs that Cloud Run does not take."""

from typing import Any

import pytest

from rehearsal.documents import Document
from tests.services.run.world import IMAGE, V2, World, container, job

GIB = "Gi"


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def refusal(world: World, body: Document, name: str = "ingest") -> str:
    error = world.client.post(f"{V2}?jobId={name}", body).error
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    return str(error["message"])


def accepted(world: World, body: Document, name: str = "ingest") -> Document:
    operation = world.client.post(f"{V2}?jobId={name}&validateOnly=true", body).ok
    found: Document = operation["response"]
    return found


def with_container(**changes: Any) -> Document:
    return job(template={"containers": [container(**changes)]})


def limits(cpu: str, memory: str) -> Document:
    return with_container(resources={"limits": {"cpu": cpu, "memory": memory}})


@pytest.mark.parametrize("name", ["Upper", "1first", "end-", "-start", "under_score", "a" * 50])
def test_a_job_s_name_is_a_short_lower_case_word(world: World, name: str) -> None:
    assert f"Invalid resource name '{name}'" in refusal(world, job(), name)


@pytest.mark.parametrize("name", ["a", "a-1", "a" * 49])
def test_names_up_to_49_characters_are_taken(world: World, name: str) -> None:
    assert accepted(world, job(), name)["name"].endswith(f"/{name}")


@pytest.mark.parametrize(
    ("cpu", "memory"),
    [("1", "512Mi"), ("1000m", "4Gi"), ("2", "8Gi"), ("4", "2Gi"), ("4.0", "16Gi"), ("6", "24Gi"),
     ("8", "32Gi"), ("1", "536870912"), ("1", "1G"), ("1", "0.5Gi")],
)  # fmt: skip
def test_cpu_and_memory_that_fit_come_back_as_sent(world: World, cpu: str, memory: str) -> None:
    found = accepted(world, limits(cpu, memory))["template"]["template"]["containers"][0]
    assert found["resources"]["limits"] == {"cpu": cpu, "memory": memory}


@pytest.mark.parametrize(
    ("cpu", "memory", "text"),
    [
        ("1", "256Mi", "Total memory < 512 Mi is not supported with gen2 execution environment."),
        ("1", "5Gi", "For 1.0 CPU, memory must be between 512Mi and 4Gi inclusive."),
        ("2", "9Gi", "For 2.0 CPU, memory must be between 512Mi and 8Gi inclusive."),
        ("4", "1Gi", "For 4.0 CPU, memory must be between 2Gi and 16Gi inclusive."),
        ("8", "33Gi", "For 8.0 CPU, memory must be between 4Gi and 32Gi inclusive."),
        ("500m", "512Mi", "Total cpu < 1 is not supported with gen2 execution environment."),
        ("3", "4Gi", "Must be equal to one of 1.0, 2.0, 4.0, 6.0, 8.0"),
        ("one", "512Mi", "'one' is no quantity"),
        ("1", "512MB", "'512MB' is no quantity"),
    ],
)
def test_cpu_and_memory_that_do_not_fit_are_refused(
    world: World, cpu: str, memory: str, text: str
) -> None:
    message = refusal(world, limits(cpu, memory))
    assert message.startswith("template.template.containers[0].resources.limits.")
    assert text in message


def test_limits_of_other_things_are_refused(world: World) -> None:
    body = with_container(resources={"limits": {"disk": "1Gi"}})
    assert "resources.limits.disk" in refusal(world, body)


@pytest.mark.parametrize("timeout", ["1s", "604800s"])
def test_a_timeout_may_last_seven_days(world: World, timeout: str) -> None:
    found = accepted(world, job(template={"timeout": timeout}))
    assert found["template"]["template"]["timeout"] == timeout


@pytest.mark.parametrize("timeout", ["0s", "604801s", "0.5s", "-1s", "soon"])
def test_another_timeout_is_refused(world: World, timeout: str) -> None:
    message = refusal(world, job(template={"timeout": timeout}))
    assert "timeout" in message
    assert timeout in message


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"template": {"maxRetries": 11}}, "template.template.maxRetries"),
        ({"template": {"maxRetries": -1}}, "template.template.maxRetries"),
        ({"taskCount": 0}, "template.taskCount"),
        ({"taskCount": 10_001}, "template.taskCount"),
        ({"parallelism": -1}, "template.parallelism"),
        ({"taskCount": 2, "parallelism": 3}, "template.parallelism"),
        ({"template": {"containers": []}}, "template.template.containers"),
        ({"template": {"serviceAccount": "nobody"}}, "template.template.serviceAccount"),
        ({"template": {"executionEnvironment": "EXECUTION_ENVIRONMENT_GEN1"}},
         "template.template.executionEnvironment"),
        ({"labels": {"env": "Upper"}}, "labels"),
        ({"labels": {"Bad key": "x"}}, "labels"),
        ({"labels": {f"l{number}": "x" for number in range(65)}}, "labels"),
        ({"launchStage": "DEPRECATED"}, "launchStage"),
        ({"binaryAuthorization": {"useDefault": True, "policy": "projects/demo/x"}},
         "binaryAuthorization"),
        ({"template": {"volumes": [{"name": "v"}, {"name": "v"}]}}, "template.template.volumes"),
        ({"template": {"volumes": [{"name": "v", "secret": {"secret": "projects/x"}}]}},
         "template.template.volumes[0].secret.secret"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(world: World, changes: dict[str, Any], place: str) -> None:
    message = refusal(world, job(**changes))
    assert message.startswith(f"{place}: ")


@pytest.mark.parametrize("retries", [0, 10])
def test_zero_to_ten_retries_are_taken(world: World, retries: int) -> None:
    found = accepted(world, job(template={"maxRetries": retries}))
    assert found["template"]["template"]["maxRetries"] == retries


@pytest.mark.parametrize("image", ["quay.io/a/b:c", "https://x", "UPPER", "localhost:5000/a",
                                   "ghcr.io/a/b"])  # fmt: skip
def test_an_image_from_elsewhere_is_refused_in_google_s_words(world: World, image: str) -> None:
    message = refusal(world, with_container(image=image))
    assert "Expected an image path like [host/]repo-path[:tag and/or @digest]" in message
    assert message.endswith(f"but obtained {image}")


@pytest.mark.parametrize("image", ["a/b:c", "nginx", "gcr.io/a/b", "eu.gcr.io/a/b:1", IMAGE,
                                   "docker.io/library/python:3.11-slim"])  # fmt: skip
def test_images_at_google_and_docker_hub_are_taken(world: World, image: str) -> None:
    accepted(world, with_container(image=image))


def test_a_container_without_an_image_is_refused(world: World) -> None:
    assert "image: The image must be given." in refusal(world, with_container(image=""))


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ([{"name": "CLOUD_RUN_JOB", "value": "x"}],
         "The following reserved env names were provided: CLOUD_RUN_JOB. These values are"
         " automatically set by the system."),
        ([{"name": "A=B", "value": "x"}], "Invalid environment variable name 'A=B'"),
        ([{"value": "x"}], "Invalid environment variable name ''"),
        ([{"name": "A"}, {"name": "A"}], "Duplicate environment variable 'A'."),
        ([{"name": "A", "value": "x" * 32769}], "longer than 32768 bytes"),
        ([{"name": "A", "value": "x",
           "valueSource": {"secretKeyRef": {"secret": "s", "version": "1"}}}],
         "Only one of value and value source may be set."),
        ([{"name": "A", "valueSource": {"secretKeyRef": {"secret": "a b"}}}],
         "The secret must be named"),
        ([{"name": "A", "valueSource": {}}], "The secret must be named"),
    ],
)  # fmt: skip
def test_variables_that_can_not_be_set_are_refused(
    world: World, variables: list[Document], text: str
) -> None:
    assert text in refusal(world, with_container(env=variables))


def test_a_mount_needs_its_volume(world: World) -> None:
    body = with_container(volumeMounts=[{"name": "data", "mountPath": "/data"}])
    assert "There is no volume named 'data'." in refusal(world, body)


def test_all_faults_are_told_at_once(world: World) -> None:
    body = job(template={"maxRetries": 11, "timeout": "0s"})
    error = world.client.post(f"{V2}?jobId=ingest", body).error
    assert len(error["details"][0]["fieldViolations"]) == 2


def test_a_field_that_the_api_does_not_have_is_refused(world: World) -> None:
    body = job()
    body["template"]["template"]["cpus"] = 1
    assert 'Unknown name "cpus"' in refusal(world, body)


def test_a_region_that_is_none_is_refused_as_google_refuses_it(world: World) -> None:
    error = world.client.post(f"{V2.replace('europe-west1', 'nowhere')}?jobId=a", job()).error
    assert error["message"] == "Permission denied on 'locations/nowhere' (or it may not exist)."
