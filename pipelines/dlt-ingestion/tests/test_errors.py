"""The tree of errors and the exit codes that it promises."""

import re

import pytest

from dlt_ingestion import errors
from dlt_ingestion.errors import IngestionError, SourceUnavailableError


def subclasses_of(kind: type[IngestionError]) -> list[type[IngestionError]]:
    """All kinds of this error, nearest first."""
    found = [*kind.__subclasses__()]
    return found + [deeper for direct in found for deeper in subclasses_of(direct)]


def test_the_tree_in_the_documentation_has_every_error() -> None:
    drawn = set(re.findall(r"── (\w+)", errors.__doc__ or ""))

    assert drawn == {kind.__name__ for kind in subclasses_of(IngestionError)}


@pytest.mark.parametrize("kind", IngestionError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_the_tree_in_the_documentation_says_the_exit_code(kind: type[IngestionError]) -> None:
    (said,) = re.findall(rf"── {kind.__name__} .*exit code (\d)", errors.__doc__ or "")

    assert int(said) == kind.exit_code


def test_the_exit_code_of_an_error_tells_who_can_recover_apart() -> None:
    codes = [kind.exit_code for kind in IngestionError.__subclasses__()]

    assert len(set(codes)) == len(codes)


def test_every_kind_of_an_error_has_its_exit_code() -> None:
    kinds = [kind for group in IngestionError.__subclasses__() for kind in subclasses_of(group)]

    assert [kind for kind in kinds if "exit_code" in vars(kind)] == []


def test_an_error_is_recorded_under_its_own_name() -> None:
    assert SourceUnavailableError("later").error_class == "SourceUnavailableError"


def test_an_api_that_is_unavailable_may_say_for_how_long() -> None:
    assert SourceUnavailableError("later", retry_after_seconds=7).retry_after_seconds == 7
