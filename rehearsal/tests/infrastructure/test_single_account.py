"""The guide's way: one account, two lines in secrets.tfvars, its commands as they are printed."""

from collections.abc import Iterator

import pytest

from tests.infrastructure.conftest import bootstrap, installation
from tests.infrastructure.installation import (
    DEPLOY,
    IMAGE,
    JOB,
    REGION,
    Installation,
    readme_commands,
)

pytestmark = [pytest.mark.xdist_group("infrastructure"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("single")) as empty:
        bootstrap(empty, "-var=separate_accounts=false")
        empty.push("one")
        yield empty


def test_two_lines_and_the_guides_commands_deploy(made: Installation) -> None:
    lines = (made.folder / "secrets.tfvars").read_text(encoding="utf-8").splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        f'dlt_service_account_email = "{DEPLOY}"', f'dlt_container_image = "{IMAGE}:latest"',
    ]  # fmt: skip
    typed = [line for line in readme_commands("Then, and for each deployment after it:")
             if line.startswith(("cd ", "terraform "))]  # fmt: skip
    assert len(typed) == 4
    made.typed(" && ".join(typed), answers="yes\n")
    assert (
        made.job()["spec"]["template"]["spec"]["template"]["spec"]["serviceAccountName"] == DEPLOY
    )
    assert made.changes() == {}


def test_the_account_starts_its_job(made: Installation) -> None:
    made.gcloud("run", "jobs", "execute", JOB, f"--region={REGION}", "--async", as_=DEPLOY)
