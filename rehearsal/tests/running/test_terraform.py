"""Which provider terraform gets."""

import os
from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.running import terraform
from rehearsal.running.terraform import CHOICE, Provider


@pytest.mark.parametrize("chosen", Provider)
def test_a_person_may_choose(chosen: Provider, tmp_path: Path) -> None:
    assert terraform.provider(tmp_path, {CHOICE: chosen.value}) is chosen


def test_another_choice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RehearsalError, match="write real or stand-in, or unset it"):
        terraform.provider(tmp_path, {CHOICE: "imaginary"})


@pytest.mark.parametrize(("answers", "got"), [(True, Provider.REAL), (False, Provider.STAND_IN)])
def test_else_it_is_the_real_one_where_its_registry_answers(
    answers: bool, got: Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terraform, "_asked", lambda: answers)

    assert terraform.provider(tmp_path, {}) is got


def test_the_registry_is_not_asked_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def ask() -> bool:
        asked.append(True)
        return False

    monkeypatch.setattr(terraform, "_asked", ask)

    terraform.provider(tmp_path, {})
    terraform.provider(tmp_path, {})
    assert len(asked) == 1

    os.utime(tmp_path / "registry", (0, 0))
    terraform.provider(tmp_path, {})
    assert len(asked) == 2


def test_only_the_stand_in_needs_a_variable(tmp_path: Path) -> None:
    assert terraform.variables(tmp_path, {CHOICE: "real"}) == {}

    (settings,) = terraform.variables(tmp_path, {CHOICE: "stand-in"}).values()
    assert "filesystem_mirror" in Path(settings).read_text()
