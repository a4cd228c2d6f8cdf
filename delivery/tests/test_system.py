import pytest

from delivery.errors import SetupError
from delivery.system import System


def test_the_names_follow_from_the_project_and_the_region() -> None:
    system = System.of({"GCP_PROJECT_ID": "dog-breeds-demo", "GCP_REGION": "europe-west4"})
    assert system.image == "europe-west4-docker.pkg.dev/dog-breeds-demo/pipelines/dlt-ingestion"


def test_variables_that_github_leaves_empty_are_as_if_not_set() -> None:
    assert (
        System.of({"GCP_PROJECT_ID": "dog-breeds-demo", "GCP_REGION": ""}).region == "europe-west1"
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "export GCP_PROJECT_ID="),
        ({"GCP_PROJECT_ID": "My Project"}, "'My Project' is no project id"),
        ({"GCP_PROJECT_ID": "dog-breeds-demo", "GCP_REGION": "Europe"}, "'Europe' is no region"),
    ],
)
def test_a_value_that_cannot_be_right_is_told(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SetupError, match=told):
        System.of(environment)
