"""A dataset's access list, and the bindings that it means."""

from rehearsal.documents import Document
from rehearsal.identity.principal import Principal
from rehearsal.services.bigquery.access_list import bindings, default_access, normalised


def test_iam_roles_come_back_as_basic_ones() -> None:
    entries = [{"role": "roles/bigquery.dataEditor", "userByEmail": "a@example.com"}]
    assert normalised(entries) == [{"role": "WRITER", "userByEmail": "a@example.com"}]


def test_members_come_back_in_the_field_that_they_have() -> None:
    entries = [
        {"role": "READER", "iamMember": "serviceAccount:x@demo.iam.gserviceaccount.com"},
        {"role": "READER", "iamMember": "principal://iam.googleapis.com/x"},
    ]
    assert normalised(entries) == [
        {"role": "READER", "userByEmail": "x@demo.iam.gserviceaccount.com"},
        {"role": "READER", "iamMember": "principal://iam.googleapis.com/x"},
    ]


def test_an_entry_that_is_there_twice_is_kept_once() -> None:
    entry = {"role": "READER", "groupByEmail": "g@example.com"}
    assert normalised([entry, dict(entry)]) == [entry]


def test_a_new_dataset_belongs_to_its_creator_and_the_project() -> None:
    made = bindings("demo", default_access(Principal("user:a@example.com")))
    assert made == [
        {"role": "roles/bigquery.dataEditor", "members": ["projectEditor:demo"]},
        {"role": "roles/bigquery.dataOwner", "members": ["projectOwner:demo"]},
        {"role": "roles/bigquery.dataOwner", "members": ["user:a@example.com"]},
        {"role": "roles/bigquery.dataViewer", "members": ["projectViewer:demo"]},
    ]


def test_service_accounts_and_views_are_told_apart() -> None:
    entries: list[Document] = [
        {"role": "WRITER", "userByEmail": "x@demo.iam.gserviceaccount.com"},
        {"view": {"projectId": "demo", "datasetId": "d", "tableId": "v"}},
    ]
    assert bindings("demo", entries) == [
        {
            "role": "roles/bigquery.dataEditor",
            "members": ["serviceAccount:x@demo.iam.gserviceaccount.com"],
        }
    ]
