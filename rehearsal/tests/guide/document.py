"""A document that runs: its sections, its blocks of commands, and the output that it shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

COMMANDS = "bash"
OUTPUT = "output"
"""The language of a block that shows what the commands above it print."""
_FENCE = re.compile(r"^```(?P<language>[a-z]*)$")
_HEADING = re.compile(r"^(?P<marks>#{1,6}) (?P<title>.+)$")
_REMARK = re.compile(r"^<!-- (?P<kind>not run|typed): (?P<text>.+) -->$")


@dataclass(frozen=True)
class Block:
    """What stands between two fences."""

    language: str
    text: str
    line: int
    """Of its first fence, from 1."""
    not_run: str | None = None
    """Why a test can't run it."""
    typed: tuple[str, ...] = ()
    """The lines that a person types while the commands run."""


@dataclass(frozen=True)
class Step:
    """Commands, and what the document shows of their output."""

    commands: Block
    shown: Block | None
    section: str
    """The anchor of the nearest heading."""
    within: str
    """The anchor of the nearest heading of the second level."""

    @property
    def name(self) -> str:
        """For a list of tests."""
        first = self.commands.text.splitlines()[0]
        return f"{self.section}:{self.commands.line}:{first[:40]}"


@dataclass
class Section:
    """A heading with what is below it, up to the next heading."""

    title: str
    level: int
    within: str
    prose: str = ""
    blocks: list[Block] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """As links name it."""
        return anchor(self.title)

    def steps(self) -> Iterator[Step]:
        """Its blocks of commands in order."""
        for index, block in enumerate(self.blocks):
            if block.language != COMMANDS:
                continue
            following = self.blocks[index + 1 : index + 2]
            shown = next((one for one in following if one.language == OUTPUT), None)
            yield Step(block, shown, self.anchor, self.within)


def anchor(title: str) -> str:
    """GitHub's name of a heading: https://github.com/gjtorikian/html-pipeline, toc filter."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def sections(path: Path) -> list[Section]:
    """The document's sections, in order.

    Raises:
        ValueError: a block has no end, or a remark stands above no block.
    """
    return _Reader(path).read()


def steps(path: Path) -> list[Step]:
    """The document's blocks of commands, in order."""
    return [step for section in sections(path) for step in section.steps()]


class _Reader:
    """Goes through a document line by line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sections = [Section("", 0, "")]
        self._lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        self._not_run: str | None = None
        self._typed: list[str] = []

    def read(self) -> list[Section]:
        for number, line in self._lines:
            if fence := _FENCE.match(line):
                self._block(fence["language"], number)
            elif remark := _REMARK.match(line):
                self._remark(remark["kind"], remark["text"])
            else:
                self._no_remark_before(number)
                self._other(line)
        return self._sections[1:]

    def _remark(self, kind: str, text: str) -> None:
        if kind == "typed":
            self._typed.append(text)
        else:
            self._not_run = text

    def _no_remark_before(self, number: int) -> None:
        if self._typed or self._not_run is not None:
            raise ValueError(f"{self._path.name}:{number}: a remark must stand above a block")

    def _other(self, line: str) -> None:
        if heading := _HEADING.match(line):
            level = len(heading["marks"])
            title = heading["title"]
            within = anchor(title) if level <= 2 else self._sections[-1].within
            self._sections.append(Section(title, level, within))
        else:
            self._sections[-1].prose += line + "\n"

    def _block(self, language: str, number: int) -> None:
        text = []
        for _, line in self._lines:
            if line == "```":
                break
            text.append(line)
        else:
            raise ValueError(f"{self._path.name}:{number}: the block has no end")
        block = Block(language, "\n".join(text), number, self._not_run, tuple(self._typed))
        self._sections[-1].blocks.append(block)
        self._not_run, self._typed = None, []
