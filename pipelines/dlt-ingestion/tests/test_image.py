"""Runs the built image through the docker client: what is in it, whom it runs as, how it fails."""

import json
import os
import re
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from dlt_ingestion import __version__

# The base image's own: the public key that its Python source was checked with.
PUBLIC_KEYS = {"GPG_KEY"}
SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL")
ASSIGNMENT = re.compile(r"\b([A-Z][A-Z0-9_]*)=")


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=100)


@dataclass(frozen=True)
class Image:
    """The image under test, as the engine describes it."""

    name: str
    user: str
    environment: Mapping[str, str]
    labels: Mapping[str, str]
    history: tuple[str, ...]

    def run(self, *arguments: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Runs a container to its end and removes it; returns its exit code and output.

        Removed afterwards and not with ``--rm``, with which podman 4 answers exit code 0 always.
        """
        container = f"image-test-{uuid.uuid4().hex[:12]}"
        try:
            return docker("run", "--name", container, *options, self.name, *arguments)
        finally:
            docker("rm", "--force", container)

    def python(self, code: str, options: Sequence[str] = ()) -> str:
        """Returns what Python code prints inside; fails with its traceback where it raises."""
        result = self.run("-c", code, options=("--entrypoint", "python", *options))
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()


def _inspect(name: str) -> Image:
    answer = docker("image", "inspect", name)
    if answer.returncode != 0:
        pytest.fail(f"the engine has no image {name}; build it with: make image")
    config = json.loads(answer.stdout)[0]["Config"]
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", name)
    return Image(
        name=name,
        user=config["User"],
        environment=dict(entry.split("=", 1) for entry in config["Env"]),
        labels=config["Labels"],
        history=tuple(history.stdout.splitlines()),
    )


@pytest.fixture(scope="module")
def image() -> Image:
    name = os.environ.get("DLT_INGESTION_IMAGE")
    if not name:
        pytest.skip("DLT_INGESTION_IMAGE names no image: make image, then make image-test")
    try:
        engine = docker("version")
    except FileNotFoundError:
        pytest.skip("there is no docker client: install one, or run rehearsal/engine/install")
    if engine.returncode != 0:
        pytest.skip(
            "no engine answers the docker client: start Docker, "
            'or run eval "$(rehearsal/engine/up)"'
        )
    return _inspect(name)


def test_the_image_says_the_version_of_this_source(image: Image) -> None:
    result = image.run("--version")

    assert result.returncode == 0, result.stderr
    assert __version__ in result.stdout


def test_the_image_runs_as_a_numbered_user_who_is_not_root(image: Image) -> None:
    uid, gid = image.python("import os; print(os.getuid(), os.getgid())").split()

    assert image.user == f"{uid}:{gid}"
    assert int(uid) >= 1000
    assert int(gid) >= 1000


def test_the_user_may_change_nothing_that_runs(image: Image) -> None:
    code = """
import os, sys, sysconfig
packages, stdlib = map(sysconfig.get_path, ("purelib", "stdlib"))
for folder in (sys.prefix, packages, stdlib, os.getcwd()):
    if os.access(folder, os.W_OK): print(folder)
"""
    assert image.python(code) == ""


def test_dlt_and_bigquery_work_on_a_read_only_root_in_512_mib(image: Image) -> None:
    limits = "--read-only --tmpfs /tmp --memory 512m --memory-swap 512m --network none"
    code = """
import dlt
from dlt_ingestion.warehouse import bigquery
destination = dlt.destinations.bigquery(project_id="probe")
pipeline = dlt.pipeline("probe", destination=destination, dataset_name="probe")
pipeline.extract([{"id": 1}], table_name="probe")
pipeline.normalize()
print(len(pipeline.list_normalized_load_packages()))
"""
    assert image.python(code, options=limits.split()) == "1"


@pytest.mark.parametrize(
    "module", ["duckdb", "pandas", "pyarrow", "pip", "grpc", "rich", "pytest", "uv"]
)
def test_a_module_that_does_not_run_is_not_in_the_image(image: Image, module: str) -> None:
    assert image.python(f"import importlib.util as u; print(u.find_spec({module!r}))") == "None"


def test_no_build_tool_is_on_the_path(image: Image) -> None:
    code = """
import shutil
print(*filter(shutil.which, ("gcc", "cc", "g++", "make", "ld", "uv", "git", "cargo")))
"""
    assert image.python(code) == ""


def test_every_module_of_dlt_and_of_the_package_is_compiled(image: Image) -> None:
    code = """
import importlib.util, pathlib, dlt, dlt_ingestion
for package in (dlt, dlt_ingestion):
    sources = list(pathlib.Path(package.__file__).parent.rglob("*.py"))
    assert sources
    for source in sources:
        if not pathlib.Path(importlib.util.cache_from_source(str(source))).exists(): print(source)
"""
    assert image.python(code) == ""


def test_no_module_of_a_run_is_compiled_anew_each_time(image: Image) -> None:
    code = """
import os, sys
import dlt_ingestion.cli, dlt_ingestion.pipeline, dlt_ingestion.warehouse.bigquery, dlt
for module in list(sys.modules.values()):
    cached = getattr(getattr(module, "__spec__", None), "cached", None)
    if cached and not os.path.exists(cached): print(cached)
"""
    assert image.python(code) == ""


def test_the_environment_stays_below_100_mb(image: Image) -> None:
    code = """
import pathlib, sys
print(sum(path.lstat().st_size for path in pathlib.Path(sys.prefix).rglob("*")))
"""
    assert int(image.python(code)) < 100_000_000


def test_the_labels_say_what_it_is_and_from_which_revision(image: Image) -> None:
    said = {name: image.labels.get(f"org.opencontainers.image.{name}") for name in (
        "title", "description", "licenses", "version", "created", "revision",
    )}  # fmt: skip

    assert all(said.values()), said
    assert said["revision"] == image.environment["CODE_VERSION"]


def test_no_variable_of_the_image_looks_like_a_secret(image: Image) -> None:
    assert {name for name in image.environment if SECRET_NAME.search(name)} <= PUBLIC_KEYS


def test_no_step_of_the_history_sets_something_like_a_secret(image: Image) -> None:
    assigned = {name for step in image.history for name in ASSIGNMENT.findall(step)}

    assert image.history
    assert {name for name in assigned if SECRET_NAME.search(name)} <= PUBLIC_KEYS


def test_a_wrong_configuration_ends_with_code_2_and_names_the_variable(image: Image) -> None:
    result = image.run("run", options=("--env", "DESTINATION=nonsense"))
    said = result.stdout + result.stderr

    assert result.returncode == 2, said
    assert "DESTINATION" in said
    assert "Traceback" not in said


def test_the_image_runs_the_job_where_no_command_is_given(image: Image) -> None:
    result = image.run(options=("--env", "DESTINATION=nonsense"))

    assert result.returncode == 2, result.stderr
    assert "DESTINATION" in result.stdout + result.stderr
