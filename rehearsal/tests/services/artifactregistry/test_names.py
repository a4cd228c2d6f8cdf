"""Names: of images as Docker writes them, of packages with slashes."""

import pytest

from rehearsal.errors import ApiError
from rehearsal.services.artifactregistry.names import image_of, package_of, repository_of

REPOSITORY = "projects/demo/locations/us/repositories/r"
DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("text", "package", "tag", "digest"),
    [
        ("us-docker.pkg.dev/demo/r/img", "img", "latest", None),
        ("us-docker.pkg.dev/demo/r/a/b:v1", "a/b", "v1", None),
        (f"us-docker.pkg.dev/demo/r/img@{DIGEST}", "img", "latest", DIGEST),
        (f"us-docker.pkg.dev/demo/r/img:v1@{DIGEST}", "img", "v1", DIGEST),
    ],
)
def test_an_image_is_taken_apart(text: str, package: str, tag: str, digest: str | None) -> None:
    name = image_of(text)
    assert name is not None
    assert str(name.package.repository) == REPOSITORY
    assert (name.package.id, name.tag, name.digest) == (package, tag, digest)


@pytest.mark.parametrize(
    "text", ["python:3.11", "gcr.io/demo/img", "us-docker.pkg.dev/demo/r", "us-docker.pkg.dev/", ""]
)
def test_what_is_not_in_artifact_registry_is_none(text: str) -> None:
    assert image_of(text) is None


@pytest.mark.parametrize("package", ["a/b", "a%2Fb"])
@pytest.mark.parametrize("rest", ["", "/versions", f"/versions/{DIGEST}", "/tags", "/tags/v1"])
def test_a_package_is_found_with_its_slashes_escaped_or_not(package: str, rest: str) -> None:
    found = package_of(f"{REPOSITORY}/packages/{package}{rest}")
    assert found.id == "a/b"
    assert str(found) == f"{REPOSITORY}/packages/a%2Fb"


def test_what_is_in_nothing_is_refused() -> None:
    with pytest.raises(ApiError, match="not in a repository"):
        repository_of("projects/demo")
    with pytest.raises(ApiError, match="not in a package"):
        package_of(REPOSITORY)
