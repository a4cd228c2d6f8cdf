"""Every entry of the guide's troubleshooting: caused, seen, remedied."""

import pytest

from tests.guide.document import Section
from tests.guide.pages import DEPLOYING, ENTRIES
from tests.guide.person import Person
from tests.guide.provocations import PROVOCATIONS


def test_every_entry_has_a_symptom_and_a_remedy_and_is_provoked() -> None:
    assert [entry.anchor for entry in ENTRIES] == list(PROVOCATIONS)
    for entry in ENTRIES:
        assert entry.prose.index("**Symptom.**") < entry.prose.index("**Remedy.**")
        look, *remedy = entry.steps()
        assert look.shown is not None, f"{entry.title}: nothing is quoted"
        assert look.shown.text.strip("…\n"), f"{entry.title}: nothing is quoted"
        assert remedy, f"{entry.title}: nothing is to be done"
        assert not [step for step in entry.steps() if step.commands.not_run], entry.title


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.anchor)
def test_a_symptom_shows_as_quoted_and_its_remedy_works(entry: Section, person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    rows = person.deployment.breeds()
    with PROVOCATIONS[entry.anchor](person):
        for step in entry.steps():
            person.follow(step)
        assert person.deployment.breeds() == rows, "what fails must leave the tables"
        ended = person.deployment.execute()
        assert ended.returncode == 0, ended.stdout + ended.stderr + person.deployment.said()
