"""Load jobs with files: in one request, in pieces, packed, and refused for what is in them."""

import gzip
import io

import pytest
from google.api_core.exceptions import BadRequest, Forbidden, NotFound
from google.cloud import bigquery

from tests.client import Client
from tests.services.bigquery.conftest import BigQuery

UPLOADS = "https://bigquery.googleapis.com/upload/bigquery/v2/projects/demo/jobs"
LOADER = "user:loader@example.com"
LINES = b'{"id": 3, "name": "pug"}\n{"id": 4, "name": "corgi"}\n'


def load(client: bigquery.Client, content: bytes, **options: object) -> bigquery.LoadJob:
    config = bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON")
    for name, value in options.items():
        setattr(config, name, value)
    return client.load_table_from_file(
        io.BytesIO(content), "demo.dogs.breeds", job_config=config, size=len(content)
    )


def count(client: bigquery.Client) -> int:
    return int(client.get_table("dogs.breeds").num_rows)


@pytest.mark.parametrize("content", [LINES, gzip.compress(LINES)], ids=["plain", "gzip"])
def test_a_file_in_one_request_is_loaded(owner: bigquery.Client, dogs: str, content: bytes) -> None:
    job = load(owner, content)
    job.result()
    assert (job.output_rows, count(owner)) == (2, 4)


@pytest.mark.parametrize("content", [LINES, gzip.compress(LINES)], ids=["plain", "gzip"])
def test_a_file_in_pieces_is_loaded(client: Client, dogs: str, content: bytes) -> None:
    body = {
        "configuration": {
            "load": {
                "destinationTable": {"projectId": "demo", "datasetId": "dogs", "tableId": "new"},
                "sourceFormat": "NEWLINE_DELIMITED_JSON",
                "autodetect": True,
            }
        }
    }
    begun = client.post(f"{UPLOADS}?uploadType=resumable", body)
    address = begun.headers["location"]
    assert begun.content == b""
    assert address.startswith(f"{UPLOADS}?uploadType=resumable&upload_id=")
    total = len(content)
    first = client.put(
        address, content=content[:10], headers={"content-range": f"bytes 0-9/{total}"}
    )
    assert (first.status, first.headers["range"]) == (308, "bytes=0-9")
    asked = client.put(address, headers={"content-range": f"bytes */{total}"})
    assert (asked.status, asked.headers["range"]) == (308, "bytes=0-9")
    last = client.put(
        address, content=content[10:], headers={"content-range": f"bytes 10-{total - 1}/{total}"}
    )
    assert last.ok["configuration"]["jobType"] == "LOAD"
    assert client.put(address, content=b"").error["code"] == 404


def test_a_body_that_is_packed_as_a_whole_is_unpacked(client: Client, dogs: str) -> None:
    body = (
        b'--x\r\ncontent-type: application/json\r\n\r\n{"configuration": {"load": {'
        b'"sourceFormat": "NEWLINE_DELIMITED_JSON", "destinationTable": {"projectId": "demo",'
        b' "datasetId": "dogs", "tableId": "breeds"}}}}\r\n--x\r\ncontent-type: */*\r\n\r\n'
        + LINES
        + b"\r\n--x--"
    )
    job = client.post(
        f"{UPLOADS}?uploadType=multipart",
        content=gzip.compress(body),
        headers={"content-type": "multipart/related; boundary=x", "content-encoding": "gzip"},
    ).ok
    assert "errorResult" not in job["status"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"id": 3, "colour": "red"}', "No such field: colour"),
        (b'{"id": null}', "Only optional fields can be set to NULL. Field: id; Value: NULL"),
        (b'{"name": "pug"}', "Missing required field: id"),
    ],
)
def test_a_row_that_does_not_fit_fails_the_job_and_leaves_the_table(
    owner: bigquery.Client, dogs: str, line: bytes, why: str
) -> None:
    job = load(owner, LINES + line, write_disposition="WRITE_TRUNCATE", schema=None)
    with pytest.raises(BadRequest, match="JSON table encountered too many errors, giving up"):
        job.result()
    assert any(why in error["message"] for error in job.errors or [])
    assert count(owner) == 2


def test_unknown_fields_may_be_ignored_and_bad_rows_left_out(
    owner: bigquery.Client, dogs: str
) -> None:
    load(owner, b'{"id": 3, "colour": "red"}', ignore_unknown_values=True).result()
    assert count(owner) == 3
    load(owner, b'{"id": null}\n' + LINES, max_bad_records=1).result()
    assert count(owner) == 5


def test_a_load_needs_a_schema_from_somewhere(owner: bigquery.Client, dogs: str) -> None:
    job = owner.load_table_from_file(
        io.BytesIO(LINES),
        "demo.dogs.new",
        job_config=bigquery.LoadJobConfig(source_format="NEWLINE_DELIMITED_JSON"),
    )
    with pytest.raises(BadRequest, match="No schema specified on job or table"):
        job.result()


def test_a_load_needs_the_dataset(owner: bigquery.Client) -> None:
    with pytest.raises(NotFound, match="Not found: Dataset demo:dogs"):
        load(owner, LINES)


def test_a_load_needs_the_permissions_to_write(
    client: Client, as_member: BigQuery, dogs: str
) -> None:
    client.grant(LOADER, "roles/bigquery.jobUser")
    client.grant(LOADER, "roles/bigquery.dataViewer")
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.create denied on dataset demo:dogs"):
        load(as_member(LOADER), LINES)
    client.grant(LOADER, "roles/bigquery.dataEditor")
    load(as_member(LOADER), LINES).result()
    assert count(as_member()) == 4
