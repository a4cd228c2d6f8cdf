"""Datasets and tables, with a real stand-in of BigQuery behind."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Addresses
from tests.client import PROJECT, Client
from tests.terraform import require_terraform
from tests.terraform_provider.reattached import Terraform, reattached

_DATASETS = f"https://bigquery.googleapis.com/bigquery/v2/projects/{PROJECT}/datasets"
_DATASET = f"""
provider "google" {{ project = "{PROJECT}" }}
resource "google_service_account" "runner" {{ account_id = "dlt-runner" }}
resource "google_bigquery_dataset" "raw" {{
  dataset_id                  = "provided_raw"
  location                    = "EU"
  description                 = "%s"
  default_table_expiration_ms = 7200000
  %s
}}
"""
_MEMBER = """
resource "google_bigquery_dataset_iam_member" "runner" {
  dataset_id = google_bigquery_dataset.raw.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = google_service_account.runner.member
}
"""
_ACCESS = """
  access {
    role          = "OWNER"
    special_group = "projectOwners"
  }
  access {
    role          = "roles/bigquery.metadataViewer"
    user_by_email = google_service_account.runner.email
  }
"""


@pytest.fixture
def terraform(upstream: str, tmp_path: Path) -> Iterator[Terraform]:
    require_terraform()
    client = Client(tmp_path / "cloud", Addresses(bigquery=upstream))
    with reattached(client, tmp_path) as made:
        yield made
    client.delete(f"{_DATASETS}/provided_raw?deleteContents=true")


def _who(terraform: Terraform) -> set[tuple[str, str]]:
    """Role and account of everybody with access."""
    found = terraform.client.get(f"{_DATASETS}/provided_raw").ok["access"]
    return {(one["role"], one.get("userByEmail", one.get("specialGroup", ""))) for one in found}


def test_a_change_of_a_dataset_leaves_its_members(terraform: Terraform) -> None:
    terraform.apply(_DATASET % ("first", "") + _MEMBER)
    assert terraform.plan() == ""
    before = _who(terraform)

    terraform.apply(_DATASET % ("second", "") + _MEMBER)

    assert _who(terraform) == before
    assert ("WRITER", f"dlt-runner@{PROJECT}.iam.gserviceaccount.com") in before
    assert terraform.client.get(f"{_DATASETS}/provided_raw").ok["description"] == "second"
    assert terraform.plan() == ""


def test_access_that_is_written_with_the_dataset_is_all_that_there_is(terraform: Terraform) -> None:
    terraform.apply(_DATASET % ("first", _ACCESS))

    assert _who(terraform) == {
        ("OWNER", "projectOwners"),
        ("roles/bigquery.metadataViewer", f"dlt-runner@{PROJECT}.iam.gserviceaccount.com"),
    }
    assert terraform.plan() == ""


def test_a_dataset_with_tables_is_not_destroyed_by_accident(terraform: Terraform) -> None:
    table = {
        "tableReference": {"tableId": "t"},
        "schema": {"fields": [{"name": "a", "type": "STRING"}]},
    }
    terraform.apply(_DATASET % ("first", ""))
    terraform.client.post(f"{_DATASETS}/provided_raw/tables", table).ok

    code, printed = terraform.run("destroy", "-auto-approve", "-no-color")
    assert code == 1
    assert "is still in use" in printed

    terraform.apply(_DATASET % ("first", "delete_contents_on_destroy = true"))
    terraform.ok("destroy", "-auto-approve")
    assert terraform.client.get(f"{_DATASETS}/provided_raw").status == 404


def test_a_column_is_added_in_place_and_taken_away_by_a_new_table(terraform: Terraform) -> None:
    def table(*columns: str) -> str:
        schema = json.dumps([{"name": name, "type": "INT64"} for name in columns])
        return f"""
        resource "google_bigquery_table" "t" {{
          dataset_id          = google_bigquery_dataset.raw.dataset_id
          table_id            = "t"
          deletion_protection = false
          schema              = {json.dumps(schema)}
        }}
        """

    dataset = _DATASET % ("first", "delete_contents_on_destroy = true")
    terraform.apply(dataset + table("a"))
    assert terraform.plan() == ""
    assert "0 added, 1 changed, 0 destroyed" in terraform.apply(dataset + table("a", "b"))

    terraform.write(dataset + table("b"))
    assert "schema" in terraform.plan()
    assert "# forces replacement" in terraform.plan()
