from collections.abc import Callable

import pytest

from delivery.errors import SetupError
from delivery.images import Images
from delivery.system import System
from tests.conftest import Programs

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
COMMIT = "abcdef0123456789abcdef0123456789abcdef01"
Tagged = Callable[[dict[str, str]], None]


@pytest.mark.parametrize("version", [COMMIT, COMMIT[:7], "latest", "deployed"])
def test_a_version_is_a_commit_the_beginning_of_one_or_a_tag(
    version: str, system: System, tagged: Tagged
) -> None:
    tagged({COMMIT: ONE, "latest": ONE, "deployed": ONE, "previous": TWO})
    assert Images(system).digest(version) == ONE


def test_a_whole_address_does_as_well(system: System, tagged: Tagged) -> None:
    tagged({COMMIT: ONE})
    assert Images(system).digest(f"{system.image}:{COMMIT}") == ONE


def test_a_digest_is_looked_for(system: System, programs: Programs) -> None:
    programs.answer(f"images list {system.image}", [{"version": ONE}])
    assert Images(system).digest(f"{system.image}@{ONE}") == ONE
    programs.answer(f"images list {system.image}", [])
    with pytest.raises(SetupError, match="cleanup may have deleted it"):
        Images(system).digest(ONE)


def test_what_could_be_two_images_is_not_guessed(system: System, tagged: Tagged) -> None:
    tagged({"abcdef01": ONE, "abcdef02": TWO})
    with pytest.raises(SetupError, match="could be any of 2 images"):
        Images(system).digest("abcdef0")


def test_a_version_that_is_not_there_ends_with_those_that_are(
    system: System, tagged: Tagged
) -> None:
    tagged({"latest": ONE})
    with pytest.raises(SetupError, match=r"no image .*:0000000. There are: latest\."):
        Images(system).digest("0000000")
