"""The project's own tables of roles and methods agree with their source."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.discovery.description import description
from rehearsal.discovery.routes import APIS
from rehearsal.documents import decode
from rehearsal.iam import permissions
from rehearsal.services import all_services

TABLES = Path(permissions.__file__).parent
SOURCE = Path(__file__).parents[4] / "shared" / "gcp" / "iam.json"


@pytest.fixture
def source() -> dict[str, Any]:
    if not SOURCE.exists():
        pytest.skip(f"{SOURCE.name} is not beside this project; only its authors have it")
    found: dict[str, Any] = json.loads(SOURCE.read_text())
    return found


def table(name: str) -> dict[str, Any]:
    return decode((TABLES / f"{name}.json").read_bytes())


def test_roles_are_those_of_the_source(source: dict[str, Any]) -> None:
    roles = table("roles")
    ours = set(roles["ours"])
    for role, held in roles["roles"].items():
        if role not in ours:
            assert set(held) == set(source["roles"][role]), role


def test_no_role_of_the_source_is_left_out(source: dict[str, Any]) -> None:
    assert set(source["roles"]) <= set(table("roles")["roles"])


def test_methods_are_those_of_the_source_or_named_as_ours(source: dict[str, Any]) -> None:
    methods = table("methods")
    ours = set(methods["ours"])
    for method, needed in methods["methods"].items():
        if method in ours:
            continue
        known = [one["name"].lower() for one in source["methods"].get(method, [])]
        assert [one.lower() for one in needed] == known, method


def test_no_method_whose_permissions_the_source_knows_is_left_out(source: dict[str, Any]) -> None:
    ids = {method.id for api, version in APIS for method in description(api, version).methods}
    known = {method for method, needed in source["methods"].items() if needed and method in ids}
    assert known <= set(table("methods")["methods"])


def test_every_method_in_the_table_is_one_of_googles() -> None:
    ids = {method.id for api, version in APIS for method in description(api, version).methods}
    assert set(table("methods")["methods"]) <= ids


def test_every_method_that_is_here_and_checked_has_its_permissions_known() -> None:
    unknown = [
        key
        for service in all_services()
        for key, served in service.methods.items()
        if not served.unchecked and permissions.permissions_of(*key) is None
    ]
    assert unknown == []


def test_every_permission_that_is_asked_for_is_held_by_some_role() -> None:
    asked = {
        (key[2], permission)
        for service in all_services()
        for key, served in service.methods.items()
        if not served.unchecked
        for permission in permissions.permissions_of(*key) or ()
    }
    assert sorted(one for one in asked if not permissions.roles_with(one[1])) == []


def test_the_narrowest_role_comes_first() -> None:
    roles = permissions.roles_with("secretmanager.versions.access")
    assert roles[0] == "roles/secretmanager.secretAccessor"
    assert "roles/owner" in roles
