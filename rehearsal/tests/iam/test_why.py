"""Verdicts are explained by the bindings that make them."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import typer
import uvicorn
from typer.testing import CliRunner

from rehearsal.cli.iam import group, lines
from rehearsal.documents import decode
from rehearsal.errors import RehearsalError
from rehearsal.iam.why import Explanation, explain, principal_named, resource_named, why
from rehearsal.identity.principal import ANONYMOUS, Principal
from rehearsal.running import control
from rehearsal.running.state import Settings, State
from tests.client import OWNER, Client

PROJECT = "//cloudresourcemanager.googleapis.com/projects/demo"
JOB = "//run.googleapis.com/projects/demo/locations/europe-west1/jobs/dogs"
RUN = "run.jobs.run"
ANN = "user:ann@example.com"
TODAY = {"expression": 'request.time < timestamp("2026-01-06T00:00:00Z")'}


@pytest.fixture
def client() -> Client:
    return Client()


def asked(
    client: Client, principal: str, permission: str = RUN, resource: str = JOB
) -> Explanation:
    body = {"principal": principal, "permission": permission, "resource": resource}
    return msgspec.convert(why(client.cloud, body), Explanation)


def test_every_binding_that_grants_is_named_the_nearest_first(client: Client) -> None:
    client.grant(ANN, "roles/run.developer")
    client.grant(ANN, "roles/run.invoker", JOB)
    told = asked(client, ANN)
    assert [(one.role, one.resource) for one in told.given] == [
        ("roles/run.invoker", JOB),
        ("roles/run.developer", PROJECT),
    ]
    assert list(lines(told)) == [
        f"{ANN} may use {RUN} on {JOB}",
        f"  by roles/run.invoker on {JOB}",
        f"  by roles/run.developer on {PROJECT}",
    ]


def test_who_is_denied_learns_the_narrowest_roles_and_where_they_count(client: Client) -> None:
    told = asked(client, ANN)
    assert (told.given, told.places) == ((), (JOB, PROJECT))
    first, roles, *places = lines(told)
    assert first == f"{ANN} may NOT use {RUN} on {JOB}"
    assert "roles/run.invoker" in roles
    assert places == [f"  on {JOB}", f"  on {PROJECT}"]


def test_the_role_that_is_proposed_first_is_enough(client: Client) -> None:
    client.grant(ANN, asked(client, ANN).roles[0], JOB)
    assert asked(client, ANN).given


def test_a_binding_whose_time_is_over_is_named_as_held_back(client: Client) -> None:
    binding = {"role": "roles/run.invoker", "members": [ANN], "condition": TODAY}
    client.cloud.access.put_bindings(JOB, [binding])
    assert asked(client, ANN).given[0].condition == TODAY["expression"]
    client.clock.advance(timedelta(days=1))
    told = asked(client, ANN)
    assert told.given == ()
    assert f"  not at this moment by roles/run.invoker on {JOB} if {TODAY['expression']}" in list(
        lines(told)
    )


def test_the_explanation_agrees_with_the_verdict(client: Client) -> None:
    client.grant(ANN, "roles/viewer")
    access = client.cloud.access
    for permission in (RUN, "run.jobs.get", "resourcemanager.projects.get"):
        for resource in (JOB, PROJECT):
            for member in (ANN, OWNER, "user:bob@example.com"):
                principal = Principal(member)
                told = explain(access, principal, permission, resource)
                assert bool(told.given) == access.allows(principal, permission, resource)


@pytest.mark.parametrize(
    ("text", "principal"),
    [
        ("ann@example.com", Principal(ANN)),
        (ANN, Principal(ANN)),
        ("x@demo.iam.gserviceaccount.com",
         Principal("serviceAccount:x@demo.iam.gserviceaccount.com")),
        ("principal://iam.googleapis.com/p/subject/s",
         Principal("principal://iam.googleapis.com/p/subject/s")),
        ("nobody", ANONYMOUS),
    ],
)  # fmt: skip
def test_principals_are_understood_as_people_write_them(text: str, principal: Principal) -> None:
    assert principal_named(text) == principal


@pytest.mark.parametrize(
    ("text", "permission", "resource"),
    [
        (JOB, RUN, JOB),
        (JOB.removeprefix("//run.googleapis.com/"), RUN, JOB),
        ("projects/demo", RUN, PROJECT),
        ("projects/demo", "resourcemanager.projects.get", PROJECT),
        ("projects/_/buckets/b", "storage.objects.get",
         "//storage.googleapis.com/projects/_/buckets/b"),
    ],
)  # fmt: skip
def test_resources_are_understood_as_errors_name_them(
    text: str, permission: str, resource: str
) -> None:
    assert resource_named(text, permission) == resource


@pytest.mark.parametrize(
    ("principal", "permission", "resource", "told"),
    [
        ("ann", RUN, JOB, "'ann' is no principal"),
        ("group:a@b", RUN, JOB, "'group:a@b' is no principal"),
        (ANN, "run.jobs.fly", JOB, "'run.jobs.fly'"),
        (ANN, RUN, "dogs", "'dogs' is no resource"),
        (ANN, RUN, "//run.googleapis.com", "is no resource"),
    ],
)
def test_what_can_not_be_understood_is_named(
    client: Client, principal: str, permission: str, resource: str, told: str
) -> None:
    with pytest.raises(RehearsalError, match=told):
        asked(client, principal, permission, resource)


@pytest.fixture
def state(client: Client, tmp_path: Path) -> Iterator[State]:
    """A server of this control alone, where commands look for it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        application = control.application(client.cloud, {"iam/why": why})
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        made = State(tmp_path)
        made.keep(Settings(ports={"server": listening.getsockname()[1]}))
        yield made
        server.should_exit = True
        thread.join()


def command(state: State, *arguments: str) -> str:
    app = typer.Typer()
    app.add_typer(group, name="iam")
    done = CliRunner().invoke(app, ["iam", "why", *arguments], obj=state)
    if done.exception is not None:
        raise done.exception
    return done.output


def test_the_command_asks_the_server(client: Client, state: State) -> None:
    client.grant(ANN, "roles/run.invoker", JOB)
    text = command(state, "ann@example.com", RUN, JOB)
    assert text == f"{ANN} may use {RUN} on {JOB}\n  by roles/run.invoker on {JOB}\n"
    told = decode(command(state, ANN, RUN, JOB, "--format", "json").encode())
    assert told["given"] == [{"role": "roles/run.invoker", "resource": JOB, "condition": ""}]


def test_the_command_passes_on_what_the_server_can_not_understand(state: State) -> None:
    with pytest.raises(RehearsalError, match="'dogs' is no resource"):
        command(state, ANN, RUN, "dogs")
