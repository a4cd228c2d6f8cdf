"""References to images."""

import pytest

from rehearsal.services.run import images

DIGEST = "sha256:" + "a" * 64
HERE = "europe-west1-docker.pkg.dev/demo/pipelines/ingest"


@pytest.mark.parametrize("reference", [HERE, f"{HERE}:v1", f"{HERE}:v1@{DIGEST}"])
def test_a_digest_takes_the_place_of_the_tag(reference: str) -> None:
    image = images.parse(reference)
    assert image is not None
    assert image.at(DIGEST) == f"{HERE}@{DIGEST}"


@pytest.mark.parametrize(
    ("reference", "project", "belongs"),
    [(HERE, "demo", True), (HERE, "dem", False), ("gcr.io/demo/x", "demo", False)],
)
def test_an_image_belongs_to_the_project_of_its_repository(
    reference: str, project: str, belongs: bool
) -> None:
    image = images.parse(reference)
    assert image is not None
    assert image.belongs_to(project) == belongs
