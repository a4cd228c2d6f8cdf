"""The real skopeo, through the gateway: an image goes in and comes out as it was."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import Rehearsal, rehearsal_up
from tests.services.artifactregistry.world import HOST, Image, digest_of, image

REPOSITORY = f"{HOST}/demo/pipelines"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """A rehearsal with the registry and one repository."""
    for program, remedy in (
        ("skopeo", "apt-get install skopeo"),
        ("docker-registry", "apt-get install docker-registry"),
        ("gcloud", "https://cloud.google.com/sdk/docs/install"),
    ):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is missing: {remedy}")
    with rehearsal_up(tmp_path_factory.mktemp("skopeo"), parts=("registry",)) as rehearsal:
        rehearsal.ok("gcloud", "services", "enable", "artifactregistry.googleapis.com")
        rehearsal.ok("gcloud", "artifacts", "repositories", "create", "pipelines",
                     "--repository-format=docker", "--location=europe-west1")  # fmt: skip
        yield rehearsal


def skopeo(rehearsal: Rehearsal, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``arguments``, with the owner's token for each place that is in the registry."""
    token = rehearsal.ok("gcloud", "auth", "print-access-token").strip()
    command, *places = arguments
    names = ("--src-creds", "--dest-creds") if command == "copy" else ("--creds", "--creds")
    options = [
        f"{name}=oauth2accesstoken:{token}"
        for name, place in zip(names, places, strict=False)
        if place.startswith("docker://")
    ]
    if command == "copy":
        options.append("--preserve-digests")
    return rehearsal.run("skopeo", "--insecure-policy", command, *options, *places)


def on_disk(made: Image, folder: Path) -> str:
    """The image in skopeo's own form: a folder of blobs named by their digests."""
    folder.mkdir()
    (folder / "version").write_text("Directory Transport Version: 1.1\n")
    (folder / "manifest.json").write_bytes(made.manifest)
    for blob in (made.config, made.layer):
        (folder / digest_of(blob).removeprefix("sha256:")).write_bytes(blob)
    return f"dir:{folder}"


def test_an_image_goes_in_and_comes_out_as_it_was(running: Rehearsal, tmp_path: Path) -> None:
    made = image("a layer")
    there = f"docker://{REPOSITORY}/ingest:v1"
    pushed = skopeo(running, "copy", on_disk(made, tmp_path / "in"), there)
    assert pushed.returncode == 0, pushed.stderr
    shown = skopeo(running, "inspect", there)
    assert json.loads(shown.stdout)["Digest"] == made.digest
    pulled = skopeo(running, "copy", there, f"dir:{tmp_path / 'out'}")
    assert pulled.returncode == 0, pulled.stderr
    assert (tmp_path / "out" / "manifest.json").read_bytes() == made.manifest
    listed = running.ok("gcloud", "artifacts", "docker", "images", "list", REPOSITORY,
                        "--include-tags", "--format=value(version,tags)")  # fmt: skip
    assert listed.split() == [made.digest, "v1"]
    deleted = skopeo(running, "delete", there)
    # Google deletes no manifest that has a tag.
    assert "Manifest is still referenced by tag: v1" in deleted.stderr


def test_a_missing_repository_is_named(running: Rehearsal, tmp_path: Path) -> None:
    made = on_disk(image("a layer"), tmp_path / "in")
    answer = skopeo(running, "copy", made, f"docker://{HOST}/demo/nothing/ingest:v1")
    assert 'name unknown: Repository \\"nothing\\" not found' in answer.stderr
