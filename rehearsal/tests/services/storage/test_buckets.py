import pytest

from rehearsal.services.resourcemanager import create_project
from tests.client import Client
from tests.services.storage.world import API, BUCKET, World

MINE = f"{API}/b/{BUCKET}"


def test_a_bucket_has_what_terraform_needs() -> None:
    bucket = World().client.get(MINE).ok
    assert (bucket["id"], bucket["location"], bucket["locationType"]) == (
        BUCKET, "EU", "multi-region",
    )  # fmt: skip
    assert (bucket["storageClass"], bucket["metageneration"]) == ("STANDARD", "1")
    assert bucket["projectNumber"] == "123456789012"
    assert bucket["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
    assert bucket["iamConfiguration"]["publicAccessPrevention"] == "inherited"


def test_a_location_may_be_in_small_letters_and_is_the_us_by_default() -> None:
    client = Client()
    made = client.post(f"{API}/b?project=demo", {"name": "b-1", "location": "europe-west1"}).ok
    assert (made["location"], made["locationType"]) == ("EUROPE-WEST1", "region")
    assert client.post(f"{API}/b?project=demo", {"name": "b-2"}).ok["location"] == "US"


@pytest.mark.parametrize("name", ["", "ab", "UPPER", "a" * 64, "1.2.3.4", "a..b", "googly", "-ab"])
def test_a_bad_name_is_refused(name: str) -> None:
    assert Client().post(f"{API}/b?project=demo", {"name": name}).status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"location": "ATLANTIS"},
        {"storageClass": "WARM"},
        {"retentionPolicy": {"retentionPeriod": "0"}},
        {
            "lifecycle": {
                "rule": [{"action": {"type": "Delete"}, "condition": {"createdBefore": "soon"}}]
            }
        },
        {"lifecycle": {"rule": [{"action": {"type": "Burn"}, "condition": {"age": 1}}]}},
        {"lifecycle": {"rule": [{"action": {"type": "Delete"}}]}},
        {"lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": -1}}]}},
    ],
)
def test_a_bucket_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    assert Client().post(f"{API}/b?project=demo", {"name": "b-1"} | changes).status == 400


def test_a_name_that_one_owns_already_is_a_conflict() -> None:
    error = World().client.post(f"{API}/b?project=demo", {"name": BUCKET}).error
    assert (error["code"], error["errors"][0]["reason"]) == (409, "conflict")
    assert "you already own it" in error["message"]


def test_names_are_unique_in_the_whole_cloud() -> None:
    client = World().client
    with client.cloud.store.transaction():
        create_project(client.cloud, "other", "210987654321", "user:else@example.com")
    answer = client.post(f"{API}/b?project=other", {"name": BUCKET}, as_="user:else@example.com")
    assert answer.status == 409
    assert "shared by all users of the system" in answer.error["message"]


def test_a_missing_bucket_is_not_found() -> None:
    error = Client().get(f"{API}/b/nope").error
    assert error["message"] == "The specified bucket does not exist."
    assert error["errors"][0]["reason"] == "notFound"


def test_a_patch_merges_and_null_removes() -> None:
    client = World({"lifecycle": {"rule": [
        {"action": {"type": "Delete"}, "condition": {"age": 1}},
    ]}}).client  # fmt: skip
    client.patch(MINE, {"labels": {"a": "1"}})
    changed = client.patch(MINE, {"labels": {"b": "2"}, "lifecycle": None}).ok
    assert changed["labels"] == {"a": "1", "b": "2"}
    assert "lifecycle" not in changed
    assert changed["metageneration"] == "3"


def test_a_null_label_is_removed() -> None:
    client = World().client
    client.patch(MINE, {"labels": {"a": "1", "b": "2"}})
    assert client.patch(MINE, {"labels": {"a": None}}).ok["labels"] == {"b": "2"}


def test_an_update_replaces() -> None:
    client = World().client
    changed = client.put(MINE, {"labels": {"a": "1"}}).ok
    assert changed["labels"] == {"a": "1"}
    assert "versioning" not in changed


def test_a_location_stays() -> None:
    assert World().client.patch(MINE, {"location": "US"}).status == 400


def test_a_precondition_that_does_not_hold_stops_a_change() -> None:
    answer = World().client.patch(f"{MINE}?ifMetagenerationMatch=7", {"labels": {"a": "1"}})
    assert (answer.status, answer.error["errors"][0]["reason"]) == (412, "conditionNotMet")


def test_buckets_are_listed_by_project_and_prefix() -> None:
    client = World().client
    client.post(f"{API}/b?project=demo", {"name": "another"})
    names = [one["name"] for one in client.get(f"{API}/b?project=demo").ok["items"]]
    assert names == ["another", BUCKET]
    assert len(client.get(f"{API}/b?project=demo&prefix=demo").ok["items"]) == 1


def test_a_bucket_with_an_object_is_not_deleted() -> None:
    world = World()
    world.upload("a", b"1").ok
    world.client.delete(world.url("a"))
    answer = world.client.delete(MINE)
    assert (answer.status, answer.error["message"]) == (
        409, "The bucket you tried to delete is not empty.",
    )  # fmt: skip


def test_an_empty_bucket_is_deleted_with_its_policy() -> None:
    client = World().client
    policy = client.get(f"{MINE}/iam").ok
    member = {"role": "roles/storage.objectViewer", "members": ["user:x@example.com"]}
    client.put(f"{MINE}/iam", {"bindings": [*policy["bindings"], member]}).ok
    assert client.delete(MINE).status == 204
    client.post(f"{API}/b?project=demo", {"name": BUCKET}).ok
    assert member not in client.get(f"{MINE}/iam").ok["bindings"]


def test_a_stranger_is_refused_in_storages_words() -> None:
    answer = World().client.get(MINE, as_="user:x@example.com")
    assert answer.status == 403
    assert answer.error["message"] == (
        "x@example.com does not have storage.buckets.get access to the Google Cloud Storage"
        " bucket. Permission 'storage.buckets.get' denied on resource (or it may not exist)."
    )


def test_nobody_is_asked_to_sign_in() -> None:
    assert World().client.get(MINE, as_=None).status == 401


def test_the_public_is_kept_out_where_that_is_enforced() -> None:
    enforced = {"publicAccessPrevention": "enforced", "uniformBucketLevelAccess": {"enabled": True}}
    client = World({"iamConfiguration": enforced}).client
    public = {"bindings": [{"role": "roles/storage.objectViewer", "members": ["allUsers"]}]}
    answer = client.put(f"{MINE}/iam", public)
    assert answer.status == 412
    assert "public access prevention is enforced" in answer.error["message"]


def test_a_bucket_open_to_all_is_read_by_nobody() -> None:
    world = World()
    world.upload("a", b"1").ok
    policy = world.client.get(f"{MINE}/iam").ok
    public = {"role": "roles/storage.objectViewer", "members": ["allUsers"]}
    world.client.put(f"{MINE}/iam", {"bindings": [*policy["bindings"], public]}).ok
    assert world.client.get(world.url("a", alt="media"), as_=None).content == b"1"


def test_one_may_ask_what_one_may_do() -> None:
    url = f"{MINE}/iam/testPermissions?permissions=storage.buckets.get"
    client = World().client
    assert client.get(url).ok["permissions"] == ["storage.buckets.get"]
    assert "permissions" not in client.get(url, as_="user:x@example.com").ok


@pytest.mark.parametrize("what", ["managedFolders", "folders", "anywhereCaches", "anywhereCaches/"])
def test_there_are_no_folders_and_no_caches(what: str) -> None:
    assert "items" not in World().client.get(f"{MINE}/{what}").ok


def test_the_layout_tells_where_a_bucket_is() -> None:
    assert World().client.get(f"{MINE}/storageLayout").ok["location"] == "EU"
