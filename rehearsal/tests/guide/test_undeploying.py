"""Taking it down, after everything else was tried."""

import json

from tests.guide.document import COMMANDS
from tests.guide.pages import DEPLOYING, UNDEPLOYING
from tests.guide.person import Person


def test_nothing_is_left_that_the_guide_has_made(person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    for step in UNDEPLOYING:
        assert step.commands.language == COMMANDS
        person.follow(step)
    for listing in (
        ("run", "jobs", "list"),
        ("scheduler", "jobs", "list", "--location=europe-west1"),
        ("secrets", "list"),
        ("artifacts", "repositories", "list"),
        ("storage", "buckets", "list"),
        ("iam", "service-accounts", "list", "--filter=email:gserviceaccount.com AND email:dlt-"),
    ):
        assert json.loads(person.deployment.ok("gcloud", *listing, "--format=json")) == [], listing
    assert "dog_breeds" not in person.deployment.ok("bq", "ls", "--format=json")
