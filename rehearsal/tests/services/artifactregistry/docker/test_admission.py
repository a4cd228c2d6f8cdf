"""Who gets into the registry: tokens, key files, scopes, permissions, and Google's refusals."""

import base64
from datetime import timedelta

import pytest

from tests.client import NUMBER, PROJECT, Client
from tests.services.artifactregistry.world import FULL, HOST, World, basic, errors, image

PATH = f"{PROJECT}/pipelines/ingest"
TOKEN = f"token?service={HOST}"
SCOPE = f"{TOKEN}&scope=repository:{PATH}"
READER, WRITER = "roles/artifactregistry.reader", "roles/artifactregistry.writer"
SOMEBODY = "user:somebody@example.com"
RESOURCE = f"projects/{PROJECT}/locations/europe-west1/repositories/pipelines"
CHALLENGE = f'Bearer realm="https://{HOST}/v2/token",service="{HOST}"'


@pytest.fixture
def doors() -> World:
    """A repository with nothing behind it: who gets so far is told that."""
    return World(None)


def denied(permission: str) -> str:
    return (
        f'Permission "artifactregistry.repositories.{permission}" denied on resource'
        f' "{RESOURCE}" (or it may not exist)'
    )


@pytest.mark.parametrize("path", ["", "token"])
def test_who_shows_a_bad_credential_is_told_where_to_get_a_token(doors: World, path: str) -> None:
    for header in (
        "Bearer nonsense",
        basic("oauth2accesstoken", "nonsense"),
        "Basic %%",
        "Digest x",
    ):
        answer = doors.call("GET", path, as_=None, authorization=header)
        assert errors(answer) == (401, "UNAUTHORIZED", "authentication required")
        assert answer.headers["www-authenticate"] == CHALLENGE


def test_the_first_call_of_every_client_is_challenged(doors: World) -> None:
    answer = doors.call("GET", "", as_=None)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == CHALLENGE
    assert answer.headers["docker-distribution-api-version"] == "registry/2.0"


def test_a_call_for_an_image_is_challenged_with_its_scope(doors: World) -> None:
    for method, path, actions in (
        ("GET", "manifests/v1", "pull"),
        ("POST", "blobs/uploads/", "push,pull"),
    ):
        answer = doors.call(method, f"{PATH}/{path}", as_=None)
        assert answer.headers["www-authenticate"] == (
            f'{CHALLENGE},scope="repository:{PATH}:{actions}"'
        )


@pytest.mark.parametrize("user", ["oauth2accesstoken", "_dcgcloud_token"])
def test_an_access_token_as_password_gets_a_token_of_the_registry(doors: World, user: str) -> None:
    password = basic(user, doors.client.token("user:owner@example.com"))
    answer = doors.call("GET", f"{TOKEN}&account={user}", as_=None, authorization=password)
    assert answer.status == 200
    assert answer.json["expires_in"] == 3600
    assert answer.json["issued_at"] == "2026-01-05T00:00:00.000000Z"
    bearer = f"Bearer {answer.json['token']}"
    assert answer.json["access_token"] == answer.json["token"]
    assert doors.call("GET", "", as_=None, authorization=bearer).status == 200


def test_an_access_token_is_good_by_itself(doors: World) -> None:
    token = doors.client.token("user:owner@example.com")
    for header in (f"Bearer {token}", basic("oauth2accesstoken", token)):
        assert doors.call("GET", "", as_=None, authorization=header).status == 200


def test_a_token_of_the_registry_expires(doors: World) -> None:
    token = doors.call("GET", TOKEN).json["token"]
    doors.client.clock.advance(timedelta(hours=2))
    assert doors.call("GET", "", as_=None, authorization=f"Bearer {token}").status == 401


def test_any_other_user_name_is_nobody(doors: World) -> None:
    password = basic("docker", doors.client.token("user:owner@example.com"))
    assert doors.call("GET", "", as_=None, authorization=password).status == 401


@pytest.mark.parametrize("encoded", [False, True])
def test_a_key_file_is_good_while_its_key_is(doors: World, encoded: bool) -> None:
    client = doors.client
    accounts = f"https://iam.googleapis.com/v1/projects/{PROJECT}/serviceAccounts"
    account = client.post(accounts, {"accountId": "pusher"}).ok
    key = client.post(f"{accounts}/{account['email']}/keys", {}).ok
    file = base64.b64decode(key["privateKeyData"]).decode()
    password = (
        basic("_json_key_base64", base64.b64encode(file.encode()).decode())
        if encoded
        else basic("_json_key", file)
    )
    client.grant(f"serviceAccount:{account['email']}", READER, FULL)
    assert doors.call("GET", f"{SCOPE}:pull", as_=None, authorization=password).status == 200
    client.delete(f"https://iam.googleapis.com/v1/{key['name']}").ok
    assert doors.call("GET", f"{SCOPE}:pull", as_=None, authorization=password).status == 401


@pytest.mark.parametrize("password", ["", "{}", "no JSON", '{"client_email": "a@b"}'])
def test_what_is_no_key_file_is_refused(doors: World, password: str) -> None:
    for user in ("_json_key", "_json_key_base64"):
        header = basic(user, password)
        assert doors.call("GET", TOKEN, as_=None, authorization=header).status == 401


@pytest.mark.parametrize(
    ("role", "actions", "missing"),
    [
        (None, "pull", "downloadArtifacts"),
        (READER, "pull", None),
        (READER, "push", "uploadArtifacts"),
        (READER, "pull,push", "uploadArtifacts"),
        (WRITER, "pull,push", None),
        (WRITER, "delete", "deleteArtifacts"),
    ],
)
def test_a_scope_is_granted_by_iam(
    doors: World, role: str | None, actions: str, missing: str | None
) -> None:
    if role is not None:
        doors.client.grant(SOMEBODY, role, FULL)
    answer = doors.call("GET", f"{SCOPE}:{actions}", as_=SOMEBODY)
    if missing is None:
        assert answer.status == 200
    else:
        assert errors(answer) == (403, "DENIED", denied(missing))


def test_one_of_several_scopes_is_enough(doors: World) -> None:
    doors.client.grant(SOMEBODY, WRITER, FULL)
    more = f"{SCOPE}:pull,push&scope=repository:{PROJECT}/private/base:pull"
    assert doors.call("GET", more, as_=SOMEBODY).status == 200
    none = f"{TOKEN}&scope=repository:{PROJECT}/private/base:pull"
    assert errors(doors.call("GET", none, as_=SOMEBODY))[:2] == (403, "DENIED")


def test_nobody_gets_a_token_for_what_is_not_public(doors: World) -> None:
    answer = doors.call("GET", f"{SCOPE}:pull", as_=None)
    assert errors(answer) == (
        403,
        "DENIED",
        "Unauthenticated request. Unauthenticated requests do not have permission"
        f' "artifactregistry.repositories.downloadArtifacts" on resource "{RESOURCE}" (or it may'
        " not exist)",
    )


def test_everybody_pulls_what_is_public(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed)
    world.client.grant("allUsers", READER, FULL)
    token = world.call("GET", f"{SCOPE}:pull", as_=None).json["token"]
    bearer = f"Bearer {token}"
    got = world.call("GET", f"{PATH}/manifests/v1", as_=None, authorization=bearer)
    assert got.content == pushed.manifest
    upload = world.call("POST", f"{PATH}/blobs/uploads/", as_=None, authorization=bearer)
    assert errors(upload)[:2] == (403, "DENIED")


def test_each_call_is_checked_whatever_the_token_was_for(world: World, unique: str) -> None:
    pushed = image(unique)
    world.push(pushed)
    world.client.grant(SOMEBODY, READER, FULL)
    upload = world.call("POST", f"{PATH}/blobs/uploads/", as_=SOMEBODY)
    assert errors(upload) == (403, "DENIED", denied("uploadArtifacts"))
    again = world.call("PUT", f"{PATH}/manifests/v1", pushed.manifest, as_=SOMEBODY)
    assert errors(again) == (403, "DENIED", denied("uploadArtifacts"))
    delete = world.call("DELETE", f"{PATH}/manifests/v1", as_=SOMEBODY)
    assert errors(delete) == (403, "DENIED", denied("deleteArtifacts"))
    assert world.call("GET", f"{PATH}/manifests/v1", as_=SOMEBODY).status == 200


def test_a_role_on_the_project_counts(doors: World) -> None:
    doors.client.grant(SOMEBODY, WRITER)
    assert doors.call("GET", f"{SCOPE}:pull,push", as_=SOMEBODY).status == 200


def test_a_missing_repository_is_unknown_to_who_may_push_to_it(doors: World) -> None:
    answer = doors.call("POST", f"{PROJECT}/nothing/ingest/blobs/uploads/")
    assert errors(answer) == (404, "NAME_UNKNOWN", 'Repository "nothing" not found')


def test_a_missing_project_or_repository_is_denied_to_all_others(doors: World) -> None:
    for name in (f"{PROJECT}/nothing/ingest", "nowhere/pipelines/ingest"):
        answer = doors.call("POST", f"{name}/blobs/uploads/", as_=SOMEBODY)
        assert errors(answer)[:2] == (403, "DENIED")


def test_a_name_without_an_image_is_invalid(doors: World) -> None:
    status, word, message = errors(doors.call("POST", f"{PROJECT}/pipelines/blobs/uploads/"))
    assert (status, word) == (400, "NAME_INVALID")
    assert message.startswith("Missing image name.")


@pytest.mark.parametrize("name", ["Ingest", "a//b", "a/../b", "-a", "a%20b", "a%0Ab"])
def test_a_name_that_no_image_may_have_is_invalid(doors: World, name: str) -> None:
    answer = doors.call("GET", f"{PROJECT}/pipelines/{name}/manifests/v1")
    assert errors(answer)[:2] == (400, "NAME_INVALID")


def test_a_project_that_has_not_enabled_the_api_is_told_so() -> None:
    client = Client(enabled=False)
    url = f"https://{HOST}/v2/{PATH}/blobs/uploads/"
    status, word, message = errors(client.post(url))
    assert (status, word) == (403, "DENIED")
    assert message.startswith(f"Artifact Registry API has not been used in project {NUMBER}")


def test_the_verdicts_are_recorded(doors: World) -> None:
    doors.call("POST", f"{PATH}/blobs/uploads/", as_=SOMEBODY)
    record = doors.client.cloud.calls.list("registry.uploads.start")[-1]
    assert (record["status"], record["message"]) == (403, denied("uploadArtifacts"))
    assert record["permissions"] == [
        {
            "permission": "artifactregistry.repositories.uploadArtifacts",
            "resource": FULL,
            "granted": False,
        }
    ]
