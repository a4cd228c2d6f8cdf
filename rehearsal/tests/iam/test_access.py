"""Verdicts follow the policies of a resource and of all that it is in."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.clock import Clock
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.iam.access import Access
from rehearsal.identity.principal import ANONYMOUS, Principal
from rehearsal.projects import Projects
from rehearsal.store import Store

PROJECT = "//cloudresourcemanager.googleapis.com/projects/demo"
SECRET = "//secretmanager.googleapis.com/projects/demo/secrets/key"
VERSION = f"{SECRET}/versions/1"
OTHER = "//secretmanager.googleapis.com/projects/demo/secrets/other"
READ = "secretmanager.versions.access"
ROLE = "roles/secretmanager.secretAccessor"
ANN = Principal("user:ann@example.com")
START = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def access() -> Access:
    return Access(Store(), Clock(source=lambda: START))


def binding(member: str, role: str = ROLE, **more: object) -> Document:
    return {"role": role, "members": [member], **more}


@pytest.mark.parametrize("resource", [VERSION, SECRET, PROJECT])
def test_a_policy_counts_for_everything_below_its_resource(access: Access, resource: str) -> None:
    assert not access.allows(ANN, READ, VERSION)
    access.put_bindings(resource, [binding(ANN.member)])
    assert access.allows(ANN, READ, VERSION)
    assert access.allows(ANN, READ, OTHER) is (resource == PROJECT)


def test_a_name_that_only_begins_alike_is_another_resource(access: Access) -> None:
    access.put_bindings(SECRET, [binding(ANN.member)])
    assert not access.allows(ANN, READ, f"{SECRET}-2/versions/1")


def test_a_role_gives_what_it_holds_and_nothing_else(access: Access) -> None:
    access.put_bindings(PROJECT, [binding(ANN.member)])
    assert not access.allows(ANN, "secretmanager.secrets.delete", SECRET)


@pytest.mark.parametrize(
    ("member", "principal", "meant"),
    [
        ("allUsers", ANONYMOUS, True),
        ("allAuthenticatedUsers", ANONYMOUS, False),
        ("allAuthenticatedUsers", ANN, True),
        ("user:bob@example.com", ANN, False),
        ("serviceAccount:ann@example.com", ANN, False),
        ("principalSet://iam.googleapis.com/p/attribute.repository/o/r",
         Principal("principal://iam.googleapis.com/p/subject/s",
                   frozenset({"principalSet://iam.googleapis.com/p/attribute.repository/o/r"})),
         True),
    ],
)  # fmt: skip
def test_members_mean_whom_they_name(
    access: Access, member: str, principal: Principal, meant: bool
) -> None:
    access.put_bindings(SECRET, [binding(member)])
    assert access.allows(principal, READ, SECRET) is meant


def test_owners_of_the_project_are_meant_by_their_convenience_member(access: Access) -> None:
    access.put_bindings(PROJECT, [binding(ANN.member, "roles/owner")])
    dataset = "//bigquery.googleapis.com/projects/demo/datasets/d"
    access.put_bindings(dataset, [binding("projectOwner:demo", "roles/bigquery.dataOwner")])
    granting = [name for name, _ in access.granting(ANN, "bigquery.tables.getData", dataset)]
    assert dataset in granting


def test_a_denial_names_permission_and_resource(access: Access) -> None:
    with pytest.raises(ApiError) as caught:
        access.require(ANN, READ, SECRET)
    assert caught.value.message == (
        f"Permission '{READ}' denied on resource '{SECRET}' (or it may not exist)."
    )
    assert caught.value.details[0]["metadata"] == {
        "permission": READ,
        "resource": "projects/demo/secrets/key",
    }


def test_a_condition_holds_until_its_time_has_come(access: Access) -> None:
    condition = {"title": "for a day",
                 "expression": 'request.time < timestamp("2026-01-06T00:00:00Z")'}  # fmt: skip
    access.put_bindings(SECRET, [binding(ANN.member, condition=condition)])
    assert access.allows(ANN, READ, SECRET)
    access._clock.advance(timedelta(days=1))
    assert not access.allows(ANN, READ, SECRET)


def test_a_condition_on_the_name_counts_for_that_resource_alone(access: Access) -> None:
    condition = {"expression": 'resource.name.startsWith("projects/demo/secrets/key")'}
    access.put_bindings(PROJECT, [binding(ANN.member, condition=condition)])
    assert access.allows(ANN, READ, VERSION)
    assert not access.allows(ANN, READ, OTHER)


def test_conditions_see_secrets_under_the_number_of_their_project(access: Access) -> None:
    Projects(access._store).put({"projectId": "demo", "projectNumber": "123456789012"})
    for project, seen in (("demo", False), ("123456789012", True)):
        condition = {"expression": f'resource.name.startsWith("projects/{project}/secrets/key")'}
        access.put_bindings(PROJECT, [binding(ANN.member, condition=condition)])
        assert access.allows(ANN, READ, VERSION) is seen


@pytest.mark.parametrize(
    ("expression", "held"),
    [
        ('resource.type == "secretmanager.googleapis.com/SecretVersion"', True),
        ('resource.type == "secretmanager.googleapis.com/Secret"', False),
        ('resource.service == "secretmanager.googleapis.com"', True),
        ('resource.type != "storage.googleapis.com/Bucket" || resource.name == "x"', True),
        ("resource.matchTag('a', 'b')", False),
    ],
)
def test_conditions_see_type_and_service(access: Access, expression: str, held: bool) -> None:
    access.put_bindings(PROJECT, [binding(ANN.member, condition={"expression": expression})])
    assert access.allows(ANN, READ, VERSION) is held


@pytest.mark.parametrize(
    "wrong",
    [
        binding("ann@example.com"),
        binding("user:nobody"),
        binding(ANN.member, "roles/none"),
        binding(ANN.member, condition={"expression": "1 +"}),
        binding(ANN.member, "roles/viewer", condition={"expression": "true"}),
    ],
)
def test_a_malformed_policy_is_refused_and_the_old_one_stays(
    access: Access, wrong: Document
) -> None:
    access.put_bindings(SECRET, [binding(ANN.member)])
    before = access.policy(SECRET)
    with pytest.raises(ApiError) as caught:
        access.set_policy(
            SECRET, {"bindings": [binding("user:x@example.com"), wrong], "version": 3}
        )
    assert caught.value.code == 400
    assert access.policy(SECRET) == before


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("ann@example.com", "The member ann@example.com is of an unknown type."),
        ("user:x@demo.iam.gserviceaccount.com", 'is of type "serviceAccount"'),
    ],
)
def test_a_member_of_the_wrong_type_is_told_its_right_one(
    access: Access, member: str, told: str
) -> None:
    with pytest.raises(ApiError, match=told):
        access.set_policy(SECRET, {"bindings": [binding(member)]})


def test_conditions_are_of_version_3_and_lesser_versions_do_not_overwrite_them(
    access: Access,
) -> None:
    bindings = [binding(ANN.member, condition={"expression": "true"})]
    for version in ({}, {"version": 1}):
        with pytest.raises(ApiError, match="cannot be less than the existing policy version"):
            access.set_policy(SECRET, {"bindings": bindings, **version})
    assert access.set_policy(SECRET, {"bindings": bindings, "version": 3})["version"] == 3
    with pytest.raises(ApiError, match=r"Specified policy version \(1\)"):
        access.set_policy(SECRET, {"bindings": [binding(ANN.member)], "version": 1})
    plain = {"bindings": [binding(ANN.member)], "version": 3}
    assert access.set_policy(SECRET, plain)["version"] == 1


def test_a_member_that_is_renamed_is_so_in_every_policy(access: Access) -> None:
    for resource in (SECRET, PROJECT):
        access.put_bindings(resource, [binding(ANN.member), binding("user:b@b", "roles/viewer")])
    before = access.policy(OTHER)
    access.rename(ANN.member, "user:new@example.com")
    assert not access.allows(ANN, READ, SECRET)
    assert access.allows(Principal("user:new@example.com"), READ, SECRET)
    assert access.policy(PROJECT)["bindings"][0]["members"] == ["user:new@example.com"]
    assert access.policy(OTHER) == before


def test_an_etag_that_is_not_the_newest_is_refused(access: Access) -> None:
    first = access.set_policy(SECRET, {"bindings": [binding(ANN.member)]})
    second = access.set_policy(SECRET, first)
    assert second["etag"] != first["etag"]
    with pytest.raises(ApiError, match="concurrent policy changes"):
        access.set_policy(SECRET, first)


def test_the_other_alphabet_of_an_etag_is_the_same_etag(access: Access) -> None:
    policy = access.set_policy(SECRET, {"bindings": [binding(ANN.member)]})
    for _ in range(50):
        policy["etag"] = str(policy["etag"]).replace("+", "-").replace("/", "_")
        policy = access.set_policy(SECRET, policy)


def test_audits_that_can_not_be_configured_are_refused(access: Access) -> None:
    audit = [{"service": "allServices", "auditLogConfigs": [{"logType": "DATA_READ"}]}]
    with pytest.raises(ApiError, match="auditConfigs"):
        access.set_policy(SECRET, {"bindings": [binding(ANN.member)], "auditConfigs": audit})
    assert access.set_policy(SECRET, {"bindings": [], "auditConfigs": []})


def test_a_policy_without_bindings_clears(access: Access) -> None:
    policy = access.set_policy(SECRET, {"bindings": [binding(ANN.member)]})
    assert "bindings" not in access.set_policy(SECRET, {"etag": policy["etag"], "version": 3})
    assert not access.allows(ANN, READ, SECRET)


def test_what_is_deleted_takes_the_policies_below_it_along(access: Access) -> None:
    for resource in (SECRET, VERSION, OTHER):
        access.put_bindings(resource, [binding(ANN.member)])
    access.forget(SECRET)
    allowed = [access.allows(ANN, READ, one) for one in (SECRET, VERSION, OTHER)]
    assert allowed == [False, False, True]


@given(st.lists(st.tuples(st.sampled_from(["user:a@b", "user:c@d"]),
                          st.sampled_from([ROLE, "roles/viewer"])), max_size=6))  # fmt: skip
def test_bindings_of_one_role_are_one_and_say_the_same(given_: list[tuple[str, str]]) -> None:
    access = Access(Store(), Clock(source=lambda: START))
    access.put_bindings(SECRET, [binding(member, role) for member, role in given_])
    kept = access.policy(SECRET).get("bindings", [])
    assert len({one["role"] for one in kept}) == len(kept)
    pairs = {(member, one["role"]) for one in kept for member in one["members"]}
    assert pairs == set(given_)
