"""The Terraform configuration as text: its folders, its variables, and the tables of its READMEs.

``python -m tests.infrastructure.configuration`` writes the tables.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
INFRASTRUCTURE = REPOSITORY / "infrastructure"
MODULE = INFRASTRUCTURE / "modules" / "dlt-ingestion"
BOOTSTRAP = INFRASTRUCTURE / "bootstrap"
FOLDERS = (INFRASTRUCTURE, BOOTSTRAP, MODULE)
"""Each can be initialised, validated and tested by itself."""

_BLOCK = re.compile(r'^variable "(\w+)" \{\n(.*?)^\}', re.M | re.S)
_DESCRIPTION = re.compile(r'^  description = "(.*)"$', re.M)
_DEFAULT = re.compile(r"^  default +=(?: (.+))$", re.M)
_MESSAGE = re.compile(r'^    error_message = "(.*)"$', re.M)
_TABLE = re.compile(r"(<!-- variables: (\S+) -->\n)(.*?)(<!-- end -->)", re.S)


@dataclass(frozen=True)
class Variable:
    """An input as its block says it."""

    name: str
    description: str
    default: str | None
    """As written; None: it must be given."""
    messages: tuple[str, ...]
    """What its validations say."""


def variables(folder: Path) -> list[Variable]:
    """The variables of a folder, in the file's order."""
    return list(_variables((folder / "variables.tf").read_text(encoding="utf-8")))


def _variables(text: str) -> Iterator[Variable]:
    for name, body in _BLOCK.findall(text):
        described, default = _DESCRIPTION.search(body), _DEFAULT.search(body)
        assert described is not None, f"{name} has no description on one line"
        yield Variable(
            name, described[1], default[1] if default else None, tuple(_MESSAGE.findall(body))
        )


def with_tables(readme: Path) -> str:
    """The README's text, with the tables of variables as they should be."""
    text = readme.read_text(encoding="utf-8")
    return _TABLE.sub(lambda found: found[1] + _table(found[2]) + found[4], text)


def _table(folder: str) -> str:
    # Where null means the module's default, the description says the default.
    with_default = folder != "."
    heads = ["variable", *(["default"] if with_default else []), "what it is"]
    rows = [heads, ["---"] * len(heads)]
    for variable in variables(INFRASTRUCTURE / folder):
        default = f"`{variable.default}`" if variable.default is not None else "needed"
        rows.append([
            f"`{variable.name}`", *([default] if with_default else []), variable.description,
        ])  # fmt: skip
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def readmes() -> list[Path]:
    """The README of each folder."""
    return [folder / "README.md" for folder in FOLDERS]


def examples(readme: Path) -> list[str]:
    """The blocks of Terraform in a README."""
    return re.findall(r"```hcl\n(.*?)```", readme.read_text(encoding="utf-8"), re.S)


if __name__ == "__main__":
    for path in readmes():
        path.write_text(with_tables(path), encoding="utf-8")
