"""For the recorded configuration the stand-in sends what the real provider once sent.

Compared are all requests that change something: method, address, parameters and body.
"""

import shutil
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from rehearsal.cloud import Addresses
from tests.terraform import require_terraform
from tests.terraform_provider.reattached import Sent, Terraform, reattached
from tests.terraform_provider.requests_compared import address, changes, normal, reads, requests
from tests.traffic.recordings import FOLDER, recording
from tests.traffic.scenes import DATASETS, remove_datasets
from tests.traffic.world import PROJECT, World

pytestmark = pytest.mark.xdist_group("recorded terraform")

_CONFIGURATION = FOLDER.parent / "main.tf"
_IMAGE = f"europe-west1-docker.pkg.dev/{PROJECT}/pipelines/ingest:v2"
_REVISION_2 = ("-var=rev=2", f"-var=image={_IMAGE}")
_POLICIES = ("etIamPolicy", "/iam", "accessPolicyVersion=3")
_TABLES = f"{DATASETS}/dog_breeds_raw/tables"

_NOT_READ = {
    "GET openidconnect.googleapis.com/v1/userinfo": "the real one only logs the answer",
    "GET compute.googleapis.com/compute/v1/projects/123456789012": "ours knows a bucket's project",
}
SESSIONS = (
    "tf_01_apply",
    "tf_02_plan_no_changes",
    "tf_03_update",
    "tf_04_plan_after_update",
    "tf_05_destroy",
)


class Recorder(Terraform):
    """Somebody loads the table that the view reads, before the view is made."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and str(request.url).startswith(f"{_TABLES}?"):
            self.client.post(
                _TABLES,
                {
                    "tableReference": {"tableId": "breeds"},
                    "schema": {"fields": [{"name": "breed", "type": "STRING"}]},
                },
            )
        return super().answer(request)


@pytest.fixture(scope="module")
def sessions(
    upstream: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[Sent]]]:
    require_terraform()
    if not _CONFIGURATION.exists():
        pytest.skip(f"the recorded configuration is not here: {_CONFIGURATION}")
    folder = tmp_path_factory.mktemp("recorded")
    shutil.copy(_CONFIGURATION, folder)
    world = World(tmp_path_factory.mktemp("cloud"), Addresses(bigquery=upstream))
    with (
        pytest.MonkeyPatch.context() as environment,
        reattached(world.client, folder, Recorder) as made,
    ):
        environment.setenv("GOOGLE_OAUTH_ACCESS_TOKEN", "in-memory")
        commands = (
            ["apply", "-auto-approve"],
            ["plan", "-detailed-exitcode"],
            ["apply", "-auto-approve", *_REVISION_2],
            ["plan", "-detailed-exitcode", *_REVISION_2],
            ["destroy", "-auto-approve", *_REVISION_2],
        )
        yield {
            session: _sent(made, *command)
            for session, command in zip(SESSIONS, commands, strict=True)
        }
    remove_datasets(world)


def _sent(terraform: Terraform, *command: str) -> list[Sent]:
    terraform.sent.clear()
    terraform.ok(*command)
    return list(terraform.sent)


@pytest.mark.parametrize("session", ["tf_01_apply", "tf_03_update", "tf_05_destroy"])
def test_the_same_is_sent(session: str, sessions: dict[str, list[Sent]]) -> None:
    ours, theirs = changes(sessions[session]), changes(requests(recording(session)))

    assert ours.keys() == theirs.keys()
    for place, body in theirs.items():
        assert ours[place] == body, place


@pytest.mark.parametrize("session", ["tf_02_plan_no_changes", "tf_04_plan_after_update"])
def test_a_plan_changes_nothing(session: str, sessions: dict[str, list[Sent]]) -> None:
    assert changes(sessions[session]) == {}


@pytest.mark.parametrize("session", SESSIONS)
def test_the_same_is_read(session: str, sessions: dict[str, list[Sent]]) -> None:
    ours, theirs = reads(sessions[session]), reads(requests(recording(session)))

    assert theirs - ours <= _NOT_READ.keys()
    assert ours <= theirs


@pytest.mark.parametrize("session", ["tf_01_apply", "tf_03_update", "tf_05_destroy"])
def test_nothing_is_sent_more_often(session: str, sessions: dict[str, list[Sent]]) -> None:
    assert _often(sessions[session]) == _often(requests(recording(session)))


def _often(sent: list[Sent]) -> Counter[str]:
    """How often each request was sent; the members of a policy are written in batches."""
    addresses = (address(normal(one)) for one in sent if one.changes)
    return Counter(one for one in addresses if not one.endswith(_POLICIES))
