"""Datasets: their documents, places and policies."""

import pytest
from google.api_core.exceptions import BadRequest, Conflict, Forbidden, NotFound
from google.cloud import bigquery

from tests.client import Client
from tests.services.bigquery.conftest import BigQuery

ROOT = "https://bigquery.googleapis.com/bigquery/v2/projects/demo/datasets"
READER = "user:reader@example.com"


def entries(dataset: bigquery.Dataset) -> set[tuple[str | None, str, str]]:
    return {(one.role, one.entity_type, str(one.entity_id)) for one in dataset.access_entries}


def test_a_new_dataset_has_googles_access_entries(owner: bigquery.Client) -> None:
    assert entries(owner.create_dataset("dogs")) == {
        ("WRITER", "specialGroup", "projectWriters"),
        ("OWNER", "specialGroup", "projectOwners"),
        ("READER", "specialGroup", "projectReaders"),
        ("OWNER", "userByEmail", "owner@example.com"),
    }


def test_it_is_where_it_was_made_and_since_the_rehearsals_time(
    client: Client, owner: bigquery.Client
) -> None:
    dataset = bigquery.Dataset("demo.dogs")
    dataset.location = "europe-west1"
    owner.create_dataset(dataset)
    made = owner.get_dataset("dogs")
    assert made.location == "europe-west1"
    assert made.created == client.clock.now()
    assert [one.dataset_id for one in owner.list_datasets()] == ["dogs"]


def test_the_last_page_says_nothing_of_a_next_one(client: Client, owner: bigquery.Client) -> None:
    owner.create_dataset("dogs")
    client.grant("user:owner@example.com", "roles/owner")
    listed = client.get(f"{ROOT}?maxResults=1000").ok
    assert [one["datasetReference"]["datasetId"] for one in listed["datasets"]] == ["dogs"]
    assert "nextPageToken" not in listed


def test_a_second_one_of_the_name_is_refused(owner: bigquery.Client) -> None:
    owner.create_dataset("dogs")
    with pytest.raises(Conflict, match="Already Exists: Dataset demo:dogs"):
        owner.create_dataset("dogs")


def test_a_missing_one_is_said_to_be_missing(owner: bigquery.Client) -> None:
    with pytest.raises(NotFound, match="Not found: Dataset demo:dogs"):
        owner.get_dataset("dogs")


def test_who_may_not_see_it_is_not_told_whether_it_is_there(as_member: BigQuery) -> None:
    with pytest.raises(Forbidden, match=r"bigquery\.datasets\.get denied on dataset demo:dogs"):
        as_member(READER).get_dataset("dogs")


def test_an_entry_of_the_access_list_lets_somebody_in_and_its_removal_locks_out(
    owner: bigquery.Client, as_member: BigQuery
) -> None:
    dataset = owner.create_dataset("dogs")
    before = dataset.access_entries
    entry = bigquery.AccessEntry("roles/bigquery.dataViewer", "userByEmail", "reader@example.com")
    dataset.access_entries = [*before, entry]
    owner.update_dataset(dataset, ["access_entries"])
    assert ("READER", "userByEmail", "reader@example.com") in entries(owner.get_dataset("dogs"))
    assert as_member(READER).get_dataset("dogs").dataset_id == "dogs"

    dataset = owner.get_dataset("dogs")
    dataset.access_entries = before
    owner.update_dataset(dataset, ["access_entries"])
    with pytest.raises(Forbidden):
        as_member(READER).get_dataset("dogs")


def test_a_list_has_what_the_caller_may_see(owner: bigquery.Client, as_member: BigQuery) -> None:
    owner.create_dataset("dogs")
    assert list(as_member(READER).list_datasets()) == []


def test_put_without_access_keeps_it_and_clears_the_rest(client: Client) -> None:
    body = {
        "datasetReference": {"projectId": "demo", "datasetId": "dogs"},
        "description": "Dogs",
        "access": [{"role": "OWNER", "userByEmail": "owner@example.com"}],
    }
    client.post(ROOT, body).ok
    put = {"datasetReference": {"datasetId": "dogs"}, "labels": {"a": "b"}, "defaultCollation": ""}
    changed = client.put(f"{ROOT}/dogs", put).ok
    assert changed["access"] == body["access"]
    assert changed["labels"] == {"a": "b"}
    assert "description" not in changed


def test_a_change_takes_a_permission(
    client: Client, owner: bigquery.Client, as_member: BigQuery
) -> None:
    owner.create_dataset("dogs")
    client.grant(READER, "roles/bigquery.dataViewer")
    with pytest.raises(Forbidden, match=r"bigquery\.datasets\.update"):
        as_member(READER).update_dataset(owner.get_dataset("dogs"), ["access_entries"])


def test_an_etag_of_before_a_change_is_refused(client: Client, owner: bigquery.Client) -> None:
    owner.create_dataset("dogs")
    old = client.get(f"{ROOT}/dogs").ok["etag"]
    client.patch(f"{ROOT}/dogs", {"description": "new"}, headers={"if-match": old}).ok
    dataset = owner.get_dataset("dogs")
    answer = client.patch(f"{ROOT}/dogs", {"description": "x"}, headers={"if-match": old})
    assert answer.error["code"] == 412
    assert dataset.description == "new"


def test_it_cannot_move(client: Client, owner: bigquery.Client) -> None:
    owner.create_dataset("dogs")
    assert client.patch(f"{ROOT}/dogs", {"location": "EU"}).error["code"] == 400


def test_one_with_tables_is_deleted_only_with_them(owner: bigquery.Client, dogs: str) -> None:
    with pytest.raises(BadRequest, match="is still in use"):
        owner.delete_dataset(dogs)
    owner.delete_dataset(dogs, delete_contents=True)
    with pytest.raises(NotFound):
        owner.get_dataset(dogs)


def test_one_that_is_made_again_has_forgotten_who_was_let_in(
    owner: bigquery.Client, as_member: BigQuery
) -> None:
    dataset = owner.create_dataset("dogs")
    entry = bigquery.AccessEntry("READER", "userByEmail", "reader@example.com")
    dataset.access_entries = [*dataset.access_entries, entry]
    owner.update_dataset(dataset, ["access_entries"])
    owner.delete_dataset("dogs")
    owner.create_dataset("dogs")
    with pytest.raises(Forbidden):
        as_member(READER).get_dataset("dogs")


def test_one_that_sql_makes_belongs_to_its_maker_where_it_says(owner: bigquery.Client) -> None:
    owner.query_and_wait("CREATE SCHEMA dogs OPTIONS (location='EU')")
    made = owner.get_dataset("dogs")
    assert made.location == "EU"
    assert ("OWNER", "userByEmail", "owner@example.com") in entries(made)
    owner.query_and_wait("DROP SCHEMA dogs")
    with pytest.raises(NotFound):
        owner.get_dataset("dogs")
