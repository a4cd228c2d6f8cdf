"""Jobs: whose they are, where, and who may look at them."""

from uuid import uuid4

import pytest
from google.api_core.exceptions import Conflict, Forbidden, NotFound
from google.cloud import bigquery

from tests.client import Client
from tests.services.bigquery.conftest import BigQuery

JOBS = "https://bigquery.googleapis.com/bigquery/v2/projects/demo/jobs"
OTHER = "user:other@example.com"


@pytest.fixture
def one() -> str:
    """A job id that no other test has: the stand-in behind is the same for all of them."""
    return f"one-{uuid4().hex}"


def test_a_job_tells_whose_it_is_and_its_labels_and_the_rehearsals_time(
    client: Client, owner: bigquery.Client, one: str
) -> None:
    config = bigquery.QueryJobConfig(labels={"application": "tests"})
    job = owner.query("SELECT 1", job_id=one, job_config=config)
    job.result()
    found = owner.get_job(one, location="US")
    assert found.user_email == "owner@example.com"
    assert found.labels == {"application": "tests"}
    assert found.created == client.clock.now()
    assert found.started >= found.created
    assert found.state == "DONE"


def test_an_id_is_taken_once(owner: bigquery.Client, one: str) -> None:
    owner.query("SELECT 1", job_id=one).result()
    with pytest.raises(Conflict, match=rf"Already Exists: Job demo:US\.{one}"):
        owner.query("SELECT 2", job_id=one)


def test_an_id_that_was_refused_is_free(client: Client, as_member: BigQuery, one: str) -> None:
    with pytest.raises(Forbidden):
        as_member(OTHER).query("SELECT 1", job_id=one)
    as_member().query("SELECT 1", job_id=one).result()


def test_outside_the_multi_regions_a_job_is_found_by_its_location_only(
    owner: bigquery.Client, client: Client, one: str
) -> None:
    owner.query("SELECT 1", job_id=one, location="europe-west1").result()
    assert client.get(f"{JOBS}/{one}?location=europe-west1").ok["id"] == f"demo:europe-west1.{one}"
    assert client.get(f"{JOBS}/{one}").error["message"] == f"Not found: Job demo:{one}"
    answer = client.get(f"{JOBS}/{one}?location=US")
    assert answer.error["message"] == f"Not found: Job demo:US.{one}"
    assert client.get(JOBS.replace("/jobs", f"/queries/{one}")).error["code"] == 404


def test_a_missing_job_is_said_to_be_missing(owner: bigquery.Client) -> None:
    with pytest.raises(NotFound, match=r"Not found: Job demo:US\.none"):
        owner.get_job("none", location="US")


def test_others_need_a_permission_to_look_at_a_job(
    client: Client, owner: bigquery.Client, as_member: BigQuery, one: str
) -> None:
    owner.query("SELECT 1", job_id=one).result()
    client.grant(OTHER, "roles/bigquery.user")
    with pytest.raises(Forbidden, match=rf"Access Denied: Job demo:US\.{one}"):
        as_member(OTHER).get_job(one, location="US")
    client.grant(OTHER, "roles/bigquery.admin")
    assert as_member(OTHER).get_job(one, location="US").job_id == one


def test_a_list_has_ones_own_jobs_newest_first_unless_it_asks_for_all(
    client: Client, owner: bigquery.Client, as_member: BigQuery, one: str
) -> None:
    client.grant(OTHER, "roles/bigquery.user")
    owner.query("SELECT 1", job_id=one).result()
    as_member(OTHER).query("SELECT 1", job_id=f"{one}-2").result()
    owner.query("SELECT 1", job_id=f"{one}-3").result()
    assert [job.job_id for job in owner.list_jobs()] == [f"{one}-3", one]
    assert [job.job_id for job in owner.list_jobs(max_results=1)] == [f"{one}-3"]
    assert [job.job_id for job in owner.list_jobs(all_users=True)] == [f"{one}-3", f"{one}-2", one]
    with pytest.raises(Forbidden, match=r"bigquery\.jobs\.listAll"):
        list(as_member(OTHER).list_jobs(all_users=True))


def test_a_list_shows_configurations_only_when_asked(
    client: Client, owner: bigquery.Client, one: str
) -> None:
    owner.query("SELECT 1", job_id=one).result()
    [minimal] = client.get(JOBS).ok["jobs"]
    [full] = client.get(f"{JOBS}?projection=full").ok["jobs"]
    assert "configuration" not in minimal
    assert full["configuration"]["query"]["query"] == "SELECT 1"


def test_the_statements_of_a_script_are_jobs_of_their_own(owner: bigquery.Client, one: str) -> None:
    job = owner.query("SELECT 1; SELECT 2", job_id=one)
    job.result()
    children = list(owner.list_jobs(parent_job=one))
    assert len(children) == 2
    assert {child.user_email for child in children} == {"owner@example.com"}
    assert owner.get_job(children[0].job_id, location="US").parent_job_id == one


def test_a_job_that_is_done_stays_done_when_it_is_cancelled(
    owner: bigquery.Client, one: str
) -> None:
    owner.query("SELECT 1", job_id=one).result()
    assert owner.cancel_job(one, location="US").state == "DONE"


def test_a_table_is_copied_by_who_may_read_and_write(
    client: Client, owner: bigquery.Client, as_member: BigQuery, dogs: str
) -> None:
    owner.copy_table("demo.dogs.breeds", "demo.dogs.copy").result()
    assert owner.get_table("dogs.copy").num_rows == 2
    client.grant(OTHER, "roles/bigquery.jobUser")
    with pytest.raises(Forbidden, match=r"bigquery\.tables\.getData"):
        as_member(OTHER).copy_table("demo.dogs.breeds", "demo.dogs.more")


def test_without_the_stand_in_the_remedy_is_said(client: Client) -> None:
    alone = Client()
    answer = alone.get("https://bigquery.googleapis.com/bigquery/v2/projects/demo/datasets/d")
    assert answer.error["code"] == 404
    assert "rehearsal status" in answer.error["message"]
