"""Writing the page to a bucket: one whole upload, tries where they help, clear refusals."""

import socket
from pathlib import Path

import pytest

from dlt_ingestion.errors import ConfigurationError, ReportError
from dlt_ingestion.report.bucket import Bucket, authorized_session
from tests.fake_time import FakeTime
from tests.report.scripted_storage import TOKEN, ScriptedStorage

PAGE = "<!doctype html><p>Löwchen – 4 kg</p>"


def bucket(storage: ScriptedStorage, time: FakeTime) -> Bucket:
    return Bucket("my-reports", time.clock, storage.open_session, storage.endpoint)


def test_the_page_is_one_object_of_html_that_is_never_cached(fake_time: FakeTime) -> None:
    with ScriptedStorage() as storage:
        size_bytes = bucket(storage, fake_time).write(PAGE)

    (upload,) = storage.uploads
    assert (upload.path, upload.query) == (
        "/upload/storage/v1/b/my-reports/o",
        "uploadType=multipart",
    )
    assert upload.authorization == f"Bearer {TOKEN}"
    assert upload.metadata == {
        "name": "dog-breeds.html",
        "contentType": "text/html; charset=utf-8",
        "cacheControl": "no-cache",
    }
    assert upload.content_type == "text/html"
    assert upload.content.decode() == PAGE
    assert size_bytes == len(PAGE.encode())


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_again_with_pauses(fake_time: FakeTime, status: int) -> None:
    with ScriptedStorage(statuses=[status, status]) as storage:
        bucket(storage, fake_time).write(PAGE)

    assert len(storage.uploads) == 3
    assert len(fake_time.slept) == 2


def test_after_four_tries_it_says_what_the_bucket_answered(fake_time: FakeTime) -> None:
    with (
        ScriptedStorage(statuses=[503] * 9) as storage,
        pytest.raises(ReportError, match=r"gs://my-reports/dog-breeds\.html .* 503 .*said 503"),
    ):
        bucket(storage, fake_time).write(PAGE)

    assert len(storage.uploads) == 4


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(403, "roles/storage.objectUser"), (404, "REPORT_BUCKET"), (400, "A later run")],
)
def test_a_refusal_is_not_tried_again_and_says_what_to_do(
    fake_time: FakeTime, status: int, remedy: str
) -> None:
    with (
        ScriptedStorage(statuses=[status] * 9) as storage,
        pytest.raises(ReportError, match=remedy),
    ):
        bucket(storage, fake_time).write(PAGE)

    assert len(storage.uploads) == 1


def test_a_token_that_is_refused_and_can_not_be_renewed_is_a_clear_end(fake_time: FakeTime) -> None:
    with (
        ScriptedStorage(statuses=[401] * 9) as storage,
        pytest.raises(ReportError, match="no token was given"),
    ):
        bucket(storage, fake_time).write(PAGE)


def test_a_bucket_that_can_not_be_reached_is_tried_again(fake_time: FakeTime) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"  # bound, and nobody listens
        unreachable = Bucket("my-reports", fake_time.clock, ScriptedStorage.open_session, endpoint)
        with pytest.raises(ReportError, match="can't be written"):
            unreachable.write(PAGE)

    assert len(fake_time.slept) == 3


def test_a_look_says_whether_the_page_could_be_written_and_writes_nothing(
    fake_time: FakeTime,
) -> None:
    with ScriptedStorage() as storage:
        assert "may be written" in bucket(storage, fake_time).examine()
        storage.granted = ["storage.objects.create"]
        with pytest.raises(ReportError, match=r"objects\.delete is not granted.*objectUser"):
            bucket(storage, fake_time).examine()

    assert storage.uploads == []
    assert all(path.startswith("/storage/v1/b/my-reports/iam/") for path in storage.asked)


def test_without_credentials_it_says_how_to_get_some(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(ConfigurationError, match="gcloud auth application-default login"):
        authorized_session()
