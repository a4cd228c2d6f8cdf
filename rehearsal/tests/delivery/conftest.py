"""One rehearsal for all workflows: a project as bootstrap leaves it, and one deployment by hand."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.delivery.github import ID, NAME, TOOLS, GitHub, Repository
from tests.delivery.project import PROJECT, Project
from tests.e2e.conftest import NEEDED
from tests.running import Rehearsal, rehearsal_up
from tests.terraform import terraform_folder

_KEY = "live_rehearsal-0123456789abcdef"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one process, one after another: they share one rehearsal, and each takes a while."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("engine"))
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Up, with every part, and nothing in its project."""
    needed = NEEDED | {
        "terraform": "https://developer.hashicorp.com/terraform/install",
        "jq": "apt-get install jq",
    }
    missing = [f"{name} ({how})" for name, how in needed.items() if shutil.which(name) is None]
    missing += [
        f"{name} (make act)" for name in ("act", "actionlint") if not (TOOLS / name).exists()
    ]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with rehearsal_up(tmp_path_factory.mktemp("rehearsal"), project=PROJECT) as rehearsal:
        rehearsal.ask("dog-api", {"requests_per_minute": 1000})
        yield rehearsal


@pytest.fixture(scope="session")
def variables(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What bootstrap says to set in GitHub, and its folder; the owner has added the keys."""
    folder = terraform_folder(tmp_path_factory.mktemp("bootstrap")) / "bootstrap"
    github = f'github={{repository="{NAME}",repository_id={ID}}}'
    rehearsal.ok("terraform", "init", "-input=false", folder=folder)
    rehearsal.ok("terraform", "apply", "-auto-approve", "-input=false",
                 f"-var=project_id={PROJECT}", f"-var={github}", folder=folder)  # fmt: skip
    for secret in ("dog-api-key", "dog-api-key-pr"):
        rehearsal.ok("gcloud", "secrets", "versions", "add", secret, "--data-file=-", text=_KEY)
    outputs = json.loads(rehearsal.ok("terraform", "output", "-json", folder=folder))
    values = {name: output["value"] for name, output in outputs.items()}
    for name, file in (("backend", "backend.tf"), ("secrets_tfvars", "secrets.tfvars")):
        (folder / file).write_text(values[name], encoding="utf-8")
    return dict(values["github_variables"]) | {"folder": str(folder)}


@pytest.fixture(scope="session")
def repository(
    rehearsal: Rehearsal, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Repository:
    """The working tree as a commit of main, with the files that say which project is meant."""
    repository = Repository.of_working_tree(tmp_path_factory.mktemp("repository"))
    for file in ("backend.tf", "secrets.tfvars"):
        shutil.copy(Path(variables["folder"]) / file, repository.folder / "infrastructure")
    settings = repository.folder / "infrastructure" / "secrets.tfvars"
    with settings.open("a", encoding="utf-8") as stream:
        stream.write('extra_environment = { CLOCK_START = "rehearsal:now" }\n')
    rehearsal.ok("terraform", "fmt", settings)
    repository.commit("This is about dog-breeds-demo")
    return repository


@pytest.fixture(scope="session")
def github(
    rehearsal: Rehearsal, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> GitHub:
    """GitHub, which runs the workflows."""
    set_in_github = {name: value for name, value in variables.items() if name != "folder"}
    return GitHub(rehearsal, set_in_github, tmp_path_factory.mktemp("github"))


@pytest.fixture(scope="session")
def project(rehearsal: Rehearsal) -> Project:
    """What is in the project."""
    return Project(rehearsal)


@pytest.fixture(scope="session")
def by_hand(project: Project, repository: Repository) -> str:
    """The digest that a person has deployed as the guide says, before there were workflows."""
    return project.deploy_by_hand(repository)
