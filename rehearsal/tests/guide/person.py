"""A person who follows a document: pastes its blocks, in order, and sees what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.e2e.deployment import Deployment
from tests.guide.document import Step
from tests.guide.placeholders import filled, learned
from tests.guide.showing import differences
from tests.guide.stage import EVENTS
from tests.guide.terminal import Ended, Terminal


@dataclass
class Person:
    """In front of one terminal."""

    deployment: Deployment
    terminal: Terminal
    values: dict[str, str]
    """What they put in the place of the placeholders; grows with what they read."""
    done: list[Step] = field(default_factory=list)
    stuck_at: Step | None = None
    _arrived: set[str] = field(default_factory=set)

    def follow(self, step: Step) -> Ended:
        """Runs a block as printed, and compares what it prints."""
        self.stuck_at = step
        self._arrive(step.section)
        ended = self.terminal.run(self.filled(step.commands.text), step.commands.typed)
        assert ended.code == 0, str(ended)
        self.done.append(step)
        self.stuck_at = None
        # Filled with what was read before: some blocks show a value that the reader has chosen.
        shown = "" if step.shown is None else self.filled(step.shown.text)
        self.values |= learned(ended.printed)
        if step.shown is not None:
            assert not (wrong := differences(shown, ended.printed)), f"{ended.commands}\n{wrong}"
        return ended

    def follow_up_to(self, step: Step, steps: Sequence[Step]) -> None:
        """Follows all steps that were not followed yet, up to this one and with it."""
        for one in steps[: steps.index(step) + 1]:
            if one not in self.done and one.commands.not_run is None:
                self.follow(one)

    def _arrive(self, section: str) -> None:
        """Lets happen what a section is about, once."""
        if section in EVENTS and section not in self._arrived:
            self._arrived.add(section)
            EVENTS[section](self.deployment)

    def filled(self, text: str) -> str:
        """The text without placeholders."""
        return filled(text, self.values)
