"""Tables and views: made, read, changed and deleted by who may."""

import pytest
from google.api_core.exceptions import BadRequest, Conflict, Forbidden, NotFound
from google.cloud import bigquery

from tests.client import Client
from tests.services.bigquery.conftest import BigQuery

TABLES = "https://bigquery.googleapis.com/bigquery/v2/projects/demo/datasets/dogs/tables"
READER = "user:reader@example.com"


def test_a_table_is_where_its_dataset_is(owner: bigquery.Client) -> None:
    dataset = bigquery.Dataset("demo.dogs")
    dataset.location = "europe-west1"
    owner.create_dataset(dataset)
    schema = [bigquery.SchemaField("id", "STRING", mode="REQUIRED")]
    made = owner.create_table(bigquery.Table("demo.dogs.breeds", schema))
    assert made.location == "europe-west1"
    assert owner.get_table("dogs.breeds").schema == schema


def test_deleted_rows_are_no_longer_counted(owner: bigquery.Client, dogs: str) -> None:
    owner.query_and_wait("DELETE FROM dogs.breeds WHERE id = 1")
    assert owner.get_table("dogs.breeds").num_rows == 1


def test_rows_are_listed_in_pages(owner: bigquery.Client, dogs: str) -> None:
    found = owner.list_rows("demo.dogs.breeds", page_size=1)
    assert sorted(row["name"] for row in found) == ["akita", "boxer"]


def test_streamed_rows_are_there(owner: bigquery.Client, dogs: str) -> None:
    assert owner.insert_rows_json("demo.dogs.breeds", [{"id": 3, "name": "pug"}]) == []
    assert owner.get_table("dogs.breeds").num_rows == 3


def test_tables_are_listed_with_their_kind(owner: bigquery.Client, dogs: str) -> None:
    view = bigquery.Table("demo.dogs.names")
    view.view_query = "SELECT name FROM dogs.breeds"
    owner.create_table(view)
    listed = {one.table_id: one.table_type for one in owner.list_tables("dogs")}
    assert listed == {"breeds": "TABLE", "names": "VIEW"}


def test_a_table_is_changed_by_patch_and_by_put(client: Client, dogs: str) -> None:
    patched = client.patch(f"{TABLES}/breeds", {"description": "Breeds", "labels": {"a": "b"}}).ok
    assert (patched["description"], patched["labels"]) == ("Breeds", {"a": "b"})
    put = client.put(f"{TABLES}/breeds", {"schema": patched["schema"], "labels": {"c": "d"}}).ok
    assert put["labels"] == {"c": "d"}
    assert "description" not in put


def test_names_that_are_taken_or_missing_are_refused(owner: bigquery.Client, dogs: str) -> None:
    with pytest.raises(Conflict, match=r"Already Exists: Table demo:dogs\.breeds"):
        owner.create_table(bigquery.Table("demo.dogs.breeds"))
    owner.delete_table("dogs.breeds")
    with pytest.raises(NotFound, match=r"Not found: Table demo:dogs\.breeds"):
        owner.get_table("dogs.breeds")
    with pytest.raises(NotFound, match="Not found: Dataset demo:cats"):
        owner.create_table(bigquery.Table("demo.cats.breeds"))


def test_each_call_needs_its_permission(client: Client, as_member: BigQuery, dogs: str) -> None:
    reader = as_member(READER)
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.get denied on table demo:dogs\.b"):
        reader.get_table("dogs.breeds")
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.list denied on dataset demo:dogs"):
        list(reader.list_tables("dogs"))
    client.grant(READER, "roles/bigquery.metadataViewer")
    assert reader.get_table("dogs.breeds").table_id == "breeds"
    answer = client.get(f"{TABLES}/breeds/data", as_=READER)
    assert "bigquery.tables.getData" in answer.error["message"]
    assert client.delete(f"{TABLES}/breeds", as_=READER).error["errors"][0]["reason"] == (
        "accessDenied"
    )


def test_a_view_of_a_table_that_may_not_be_read_is_refused(
    client: Client, owner: bigquery.Client, as_member: BigQuery, dogs: str
) -> None:
    owner.create_dataset("cats")
    client.grant(
        READER, "roles/bigquery.dataEditor", "//bigquery.googleapis.com/projects/demo/datasets/cats"
    )
    view = bigquery.Table("demo.cats.names")
    view.view_query = "SELECT name FROM dogs.breeds"
    with pytest.raises(Forbidden, match=r"permission to query table demo:dogs\.breeds"):
        as_member(READER).create_table(view)


def test_a_view_in_legacy_sql_is_refused(owner: bigquery.Client, dogs: str) -> None:
    view = bigquery.Table("demo.dogs.names")
    view.view_query, view.view_use_legacy_sql = "SELECT 1 AS x", True
    with pytest.raises(BadRequest, match="legacy SQL"):
        owner.create_table(view)
