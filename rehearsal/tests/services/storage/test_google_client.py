"""Google's own client of Storage, unmodified."""

import io

import pytest
from google.api_core.exceptions import NotFound, PreconditionFailed
from google.auth.transport.requests import AuthorizedSession
from google.cloud import storage  # type: ignore[attr-defined]
from google.oauth2.credentials import Credentials

from tests.client import OWNER, Client
from tests.google_clients import InMemory


@pytest.fixture
def google() -> storage.Client:
    client = Client()
    credentials = Credentials(client.token(OWNER))  # type: ignore[no-untyped-call]
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    session.mount("https://", InMemory(client))
    return storage.Client(project="demo", credentials=credentials, _http=session)


def test_a_bucket_is_made_and_listed(google: storage.Client) -> None:
    google.create_bucket("demo-data", location="EU")
    assert [bucket.name for bucket in google.list_buckets()] == ["demo-data"]
    assert google.get_bucket("demo-data").location == "EU"


def test_an_object_is_written_read_and_deleted(google: storage.Client) -> None:
    blob = google.create_bucket("demo-data").blob("a/b c.txt")
    blob.metadata = {"k": "v"}
    blob.upload_from_string("hello", content_type="text/plain", checksum="crc32c")
    assert blob.download_as_bytes() == b"hello"
    assert blob.download_as_bytes(start=1, end=2) == b"el"
    assert [one.name for one in google.list_blobs("demo-data", prefix="a/")] == ["a/b c.txt"]
    blob.delete()
    with pytest.raises(NotFound):
        blob.reload()


def test_a_large_object_goes_up_in_pieces(google: storage.Client) -> None:
    blob = google.create_bucket("demo-data").blob("big", chunk_size=256 * 1024)
    content = bytes(range(256)) * 3000
    blob.upload_from_file(io.BytesIO(content), size=len(content))
    assert blob.download_as_bytes() == content


def test_a_precondition_is_told_as_such(google: storage.Client) -> None:
    blob = google.create_bucket("demo-data").blob("lock")
    blob.upload_from_string("1", if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        blob.upload_from_string("2", if_generation_match=0)


def test_copies_and_compositions(google: storage.Client) -> None:
    bucket = google.create_bucket("demo-data")
    one = bucket.blob("one")
    one.upload_from_string("1")
    bucket.copy_blob(one, bucket, "two")
    both = bucket.blob("both")
    both.compose([one, bucket.blob("two")])
    assert both.download_as_bytes() == b"11"


def test_versions_rules_and_labels(google: storage.Client) -> None:
    bucket = google.create_bucket("demo-data")
    bucket.versioning_enabled = True
    bucket.add_lifecycle_delete_rule(number_of_newer_versions=3)
    bucket.labels = {"team": "dogs"}
    bucket.patch()
    again = google.get_bucket("demo-data")
    assert again.versioning_enabled
    assert list(again.lifecycle_rules) == [
        {"action": {"type": "Delete"}, "condition": {"numNewerVersions": 3}}
    ]
    assert again.labels == {"team": "dogs"}


def test_a_policy_is_read_and_written(google: storage.Client) -> None:
    bucket = google.create_bucket("demo-data")
    policy = bucket.get_iam_policy(requested_policy_version=3)
    policy.bindings.append(
        {"role": "roles/storage.objectViewer", "members": {"user:x@example.com"}}
    )
    bucket.set_iam_policy(policy)
    roles = {one["role"] for one in bucket.get_iam_policy(requested_policy_version=3).bindings}
    assert "roles/storage.objectViewer" in roles
    assert bucket.test_iam_permissions(["storage.buckets.get"]) == ["storage.buckets.get"]
