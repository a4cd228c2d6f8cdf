"""Values read by other services, as the account that runs something."""

import pytest

from rehearsal.errors import ApiError
from rehearsal.services.secretmanager.access import check, value_of
from tests.client import NUMBER, PROJECT
from tests.services.secretmanager.world import ACCESSOR, EMAIL, FULL, NAME, World

SECRET = "dog-api-key"


def granted() -> World:
    world = World()
    world.client.grant(f"serviceAccount:{EMAIL}", ACCESSOR, FULL)
    return world


def read(world: World, version: str = "latest", secret: str = SECRET) -> str:
    return value_of(world.client.cloud, PROJECT, secret, version, EMAIL)


def refusal(world: World, version: str = "latest", secret: str = SECRET) -> ApiError:
    with pytest.raises(ApiError) as raised:
        read(world, version, secret)
    with pytest.raises(ApiError) as checked:
        check(world.client.cloud, PROJECT, secret, version, EMAIL)
    assert checked.value.message == raised.value.message
    return raised.value


def test_the_value_is_text() -> None:
    world = granted()
    world.add("grüße".encode())
    assert read(world) == read(world, "1") == "grüße"
    check(world.client.cloud, PROJECT, SECRET, "latest", EMAIL)


@pytest.mark.parametrize("project", [PROJECT, NUMBER])
def test_a_secret_may_be_named_in_whole(project: str) -> None:
    world = granted()
    world.add(b"one")
    assert read(world, secret=f"projects/{project}/secrets/{SECRET}") == "one"


def test_an_account_without_the_role_is_denied_and_told_the_permission() -> None:
    world = World()
    world.add()
    error = refusal(world)
    assert error.code == 403
    assert "secretmanager.versions.access" in error.message


def test_a_missing_secret_is_denied_to_who_has_no_role_on_the_project() -> None:
    assert refusal(granted(), secret="other").code == 403


def test_a_secret_without_versions_is_not_found() -> None:
    error = refusal(granted())
    assert (error.code, error.message) == (404, f"Secret [{NAME}] not found or has no versions.")


def test_a_disabled_version_is_refused() -> None:
    world = granted()
    world.add()
    world.change("1", "disable").ok
    error = refusal(world)
    assert error.status == "FAILED_PRECONDITION"
    assert error.message == f"Secret Version [{NAME}/versions/1] is in DISABLED state."


def test_bytes_that_are_no_text_are_refused() -> None:
    world = granted()
    world.add(b"\xff\xfe")
    with pytest.raises(ApiError, match="not text in UTF-8"):
        read(world)
