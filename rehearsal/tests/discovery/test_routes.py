"""Requests find Google's methods."""

import pytest

from rehearsal.discovery.routes import APIS, find, serves


@pytest.mark.parametrize(
    ("http_method", "host", "path", "method", "values"),
    [
        ("POST", "run.googleapis.com", "/v2/projects/p/locations/l/jobs/j:run",
         "run.projects.locations.jobs.run", {"name": "projects/p/locations/l/jobs/j"}),
        ("GET", "run.googleapis.com", "/v2/projects/p/locations/l/jobs/j",
         "run.projects.locations.jobs.get", {"name": "projects/p/locations/l/jobs/j"}),
        ("GET", "run.googleapis.com", "/v2/projects/p/locations/l/jobs/j:getIamPolicy",
         "run.projects.locations.jobs.getIamPolicy", {"resource": "projects/p/locations/l/jobs/j"}),
        ("POST", "europe-west1-run.googleapis.com",
         "/apis/run.googleapis.com/v1/namespaces/p/jobs/j:run",
         "run.namespaces.jobs.run", {"name": "namespaces/p/jobs/j"}),
        ("GET", "www.googleapis.com", "/bigquery/v2/projects/p/datasets/d",
         "bigquery.datasets.get", {"projectId": "p", "datasetId": "d"}),
        ("GET", "logging.googleapis.com", "/v2/projects/p/metrics/dog%2Frows",
         "logging.projects.metrics.get", {"metricName": "projects/p/metrics/dog/rows"}),
        ("GET", "storage.googleapis.com", "/download/storage/v1/b/b/o/a%2Fb",
         "storage.objects.get", {"bucket": "b", "object": "a/b"}),
    ],
)  # fmt: skip
def test_a_request_finds_its_method_and_its_parameters(
    http_method: str, host: str, path: str, method: str, values: dict[str, str]
) -> None:
    match = find(host, http_method, path)
    assert match is not None
    assert (match.method.id, match.path, match.upload) == (method, values, False)


@pytest.mark.parametrize("http_method", ["POST", "PUT"])
def test_the_chunks_of_an_upload_belong_to_the_method_that_opened_it(http_method: str) -> None:
    match = find("bigquery.googleapis.com", http_method, "/upload/bigquery/v2/projects/p/jobs")
    assert match is not None
    assert (match.method.id, match.upload) == ("bigquery.jobs.insert", True)


def test_a_method_without_uploads_has_no_upload_path() -> None:
    assert find("storage.googleapis.com", "POST", "/upload/storage/v1/b") is None


@pytest.mark.parametrize(
    ("http_method", "host", "path"),
    [
        ("DELETE", "run.googleapis.com", "/v2/projects/p/locations/l/jobs"),
        ("GET", "run.googleapis.com", "/v3/projects/p"),
        ("GET", "evil-run.googleapis.com", "/v2/projects/p/locations/l/jobs/j"),
        ("GET", "example.com", "/v2/projects/p/locations/l/jobs/j"),
    ],
)
def test_what_google_does_not_have_finds_nothing(http_method: str, host: str, path: str) -> None:
    assert find(host, http_method, path) is None


def test_every_api_is_served_at_its_own_host() -> None:
    assert all(serves(f"{api}.googleapis.com") for api, _ in APIS)
    assert not serves("cloudbuild.googleapis.com")
