"""Every block of the guide, from the first to the last before anything goes wrong."""

import pytest

from tests.guide.document import Step
from tests.guide.pages import DEPLOYING
from tests.guide.person import Person
from tests.guide.stage import BREEDS


@pytest.mark.parametrize("step", DEPLOYING, ids=lambda step: step.name)
def test_a_block_runs_as_printed(step: Step, person: Person) -> None:
    if step.commands.not_run is not None:
        pytest.skip(f"the guide says: {step.commands.not_run}")
    if person.stuck_at not in (None, step):
        pytest.skip(f"not reached: {person.stuck_at.name if person.stuck_at else ''} failed")
    person.follow_up_to(step, DEPLOYING)


def test_at_the_end_of_it_the_tables_are_whole_again(person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    assert len(person.deployment.breeds()) == BREEDS
    runs = person.deployment.query(
        "SELECT kind, status FROM dog_breeds_raw.ingestion_runs ORDER BY started_at"
    )
    assert {"kind": "restore", "status": "published"} in runs


def test_nothing_of_the_keys_is_in_the_state_or_in_a_log(person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    states = person.deployment.ok(
        "gcloud", "storage", "cat", "gs://dog-breeds-demo-terraform-state/**"
    )
    assert "dlt-dog-breeds-ingestion" in states
    assert "live_rehearsal" not in states
    assert "live_rehearsal" not in person.deployment.logs(1000)


def test_the_next_week_is_an_execution_by_the_schedule(person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    before = len(person.deployment.executions())
    person.deployment.own("clock", "advance", "1w")
    executions = person.deployment.executions()[before:]
    assert [one["status"].get("succeededCount") for one in executions] == [1]
    assert executions[0]["metadata"]["creationTimestamp"][11:16] == "04:00"
