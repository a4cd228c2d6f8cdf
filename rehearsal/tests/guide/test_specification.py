"""What the guide may leave out: nothing of the deployment's specification."""

import re

import pytest

from tests.e2e.deployment import REPOSITORY
from tests.guide.document import COMMANDS, sections
from tests.guide.pages import ALL, GUIDE
from tests.guide.showing import differences

SPECIFICATION = REPOSITORY.parent / "shared" / "deployment-guide.md"
"""Beside the repository: it is no part of it."""
_ASSIGNMENT = re.compile(r"^[A-Z_]+=\S+$")
_SENTENCE = 5
"""Words from which on it is one, and no name of a thing."""


def commands(text: str) -> list[str]:
    """The commands in a block, each on one line."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def specified() -> list[str]:
    if not SPECIFICATION.is_file():
        pytest.skip(f"there is no {SPECIFICATION}: the specification is no part of the repository")
    return [command for section in sections(SPECIFICATION) for block in section.blocks
            if block.language == COMMANDS for command in commands(block.text)]  # fmt: skip


def test_every_command_of_the_specification_is_run(specified: list[str]) -> None:
    run = {command for step in ALL if step.commands.not_run is None
           for command in commands(step.commands.text)}  # fmt: skip
    wanted = {command for command in specified if not _ASSIGNMENT.match(command)}
    assert len(wanted) >= 9
    assert wanted - run == set()


def test_every_variable_of_the_specification_is_shown_as_the_job_has_it(
    specified: list[str],
) -> None:
    shown = {line for step in ALL if step.shown is not None and step.commands.not_run is None
             for line in step.shown.text.splitlines()}  # fmt: skip
    wanted = {line for line in specified if _ASSIGNMENT.match(line)}
    assert len(wanted) == 5
    assert wanted - shown == set()


def test_no_sentence_of_the_specification_is_copied(specified: list[str]) -> None:
    assert specified
    ours = _words("\n".join(section.prose for section in sections(GUIDE)))
    theirs = "\n".join(section.prose for section in sections(SPECIFICATION))
    sentences = [_words(sentence) for sentence in re.split(r"[.!?:]\s|\n", theirs)]
    copied = [one for one in sentences if len(one.split()) >= _SENTENCE and one in ours]
    assert copied == []


def _words(text: str) -> str:
    """Words alone, without names of things: neither marks nor line ends make a difference."""
    return " ".join(re.findall(r"\w+", re.sub(r"`[^`]*`", " ", text).lower()))


def test_only_what_needs_a_person_or_money_is_not_run() -> None:
    left_out = {command for step in ALL if step.commands.not_run is not None
                for command in commands(step.commands.text)}  # fmt: skip
    assert {" ".join(command.split()[:3]) for command in left_out} == {
        "gcloud auth login",
        "gcloud auth application-default",
        "gcloud projects create",
        "gcloud billing projects",
    }


def test_every_output_that_is_shown_says_something() -> None:
    for step in ALL:
        if step.shown is not None:
            assert differences(step.shown.text, "something else"), step.name
