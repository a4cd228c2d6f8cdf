from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.deploying import Delivery
from delivery.errors import ProgramError, SetupError, UnhealthyError
from delivery.system import System
from tests.conftest import Programs

OLD, NEW, OLDER = (f"sha256:{digit * 64}" for digit in "123")
COMMIT = "abcdef0123456789abcdef0123456789abcdef01"
Tagged = Callable[[dict[str, str]], None]


def job(system: System, digest: str) -> list[object]:
    container = {"image": f"{system.image}@{digest}"}
    task = {"spec": {"containers": [container]}}
    return [{"spec": {"template": {"spec": {"template": task}}}}]


@pytest.fixture
def delivery(system: System, programs: Programs, tmp_path: Path) -> Delivery:
    (tmp_path / "infrastructure").mkdir()
    for name in ("backend.tf", "secrets.tfvars"):
        (tmp_path / "infrastructure" / name).touch()
    programs.answer("terraform", "")
    programs.answer("run jobs list", job(system, NEW))
    return Delivery(system)


def healthy(monkeypatch: pytest.MonkeyPatch, *verdicts: str) -> None:
    """Smoke runs that end so, one after another; empty: well."""
    left = list(verdicts)

    def smoke(_: System) -> None:
        verdict = left.pop(0)
        if verdict:
            raise UnhealthyError(verdict)

    monkeypatch.setattr("delivery.deploying.smoke", smoke)


def applied(programs: Programs) -> list[str]:
    return [call.rpartition("@")[2] for call in programs.called("apply")]


def test_what_works_is_remembered_with_what_was(
    delivery: Delivery, programs: Programs, tagged: Tagged, moved: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    tagged({"deployed": OLD, "latest": OLD, COMMIT: NEW})
    healthy(monkeypatch, "")
    delivery.deploy(COMMIT)
    assert applied(programs) == [NEW]
    assert moved == {"previous": OLD, "deployed": NEW, "latest": NEW}


def test_what_does_not_work_is_taken_back_and_told(
    delivery: Delivery, programs: Programs, system: System, tagged: Tagged, moved: dict[str, str],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    tagged({"deployed": OLD, "previous": OLDER, "latest": NEW, COMMIT: NEW})
    programs.answer("run jobs list", job(system, OLD))
    healthy(monkeypatch, "no rows", "")
    with pytest.raises(UnhealthyError, match="no rows"):
        delivery.deploy(COMMIT)
    assert applied(programs) == [NEW, OLD]
    assert moved == {"latest": OLD}
    assert f"Rolled back to {OLD}" in capsys.readouterr().out


def test_latest_is_moved_back_even_if_the_old_one_does_not_work_either(
    delivery: Delivery, tagged: Tagged, moved: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged({"deployed": OLD, "latest": NEW, COMMIT: NEW})
    healthy(monkeypatch, "the API is down", "the API is down")
    with pytest.raises(UnhealthyError):
        delivery.deploy(COMMIT)
    assert moved == {"latest": OLD}


def test_a_first_deployment_has_nothing_to_go_back_to(
    delivery: Delivery, programs: Programs, tagged: Tagged, moved: dict[str, str]
) -> None:
    tagged({COMMIT: NEW})
    with pytest.raises(SetupError, match="this was the first deployment"):
        delivery.rollback("deployed")
    assert not programs.called("terraform")


def test_a_job_that_a_person_deployed_is_what_to_go_back_to(
    delivery: Delivery, programs: Programs, system: System, tagged: Tagged, moved: dict[str, str]
) -> None:
    tagged({COMMIT: NEW})
    programs.answer("run jobs list", job(system, OLD))
    delivery.apply(COMMIT)
    assert moved == {"deployed": OLD}


def test_before_the_first_push_the_registry_knows_no_image(
    delivery: Delivery, programs: Programs, moved: dict[str, str]
) -> None:
    programs.answer("docker tags list", "NOT_FOUND: Requested entity was not found.", status=1)
    programs.answer("run jobs list", [])
    programs.answer("gcloud auth configure-docker", "")
    programs.answer("docker push", "denied", status=1)
    with pytest.raises(ProgramError, match="docker push"):
        delivery.push(f"{delivery.system.image}:{COMMIT}")
    assert moved == {}


def test_an_image_of_another_address_is_not_pushed(delivery: Delivery, programs: Programs) -> None:
    with pytest.raises(SetupError, match="is not to be pushed"):
        delivery.push("dlt-ingestion:dev")
    assert programs.called() == []


def test_without_its_two_files_nothing_is_applied(
    delivery: Delivery, programs: Programs, tmp_path: Path
) -> None:
    (tmp_path / "infrastructure" / "backend.tf").unlink()
    with pytest.raises(SetupError, match="output -raw backend >"):
        delivery.apply(COMMIT)
    assert programs.called() == []
