"""The table of proofs, as docs/permissions.md."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from proof.bindings import Binding

_TELLING = re.compile(r"permission|denied|403|not allowed|forbidden|unauthorized", re.I)
_CHANGING = (
    (re.compile(r"\b\d{12}\b"), "PROJECT_NUMBER"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"\bbqjob_\w+"), "JOB"),
    (re.compile(r"\bsha256:[0-9a-f]{64}"), "DIGEST"),
    (re.compile(r"\b\d{15,}"), "NUMBER"),
    (re.compile(r"(?<=dlt-dog-breeds-ingestion-)[a-z0-9]{5}\b"), "XXXXX"),
    (re.compile(r" This command is authenticated with .*"), ""),
)
"""What differs from one time to the next."""
_LONGEST = 300


@dataclass(frozen=True)
class Failure:
    """What failed without a binding, and all that it printed."""

    trial: str
    printed: str

    @property
    def message(self) -> str:
        """The line that tells why, in one place of a table."""
        lines = [line.strip(" │|╷╵") for line in self.printed.splitlines() if line.strip(" │|╷╵")]
        telling = [line for line in lines if _TELLING.search(line)] or lines or ["(no words)"]
        line = telling[0]
        for pattern, name in _CHANGING:
            line = pattern.sub(name, line)
        line = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        return line.replace("|", "\\|").replace("<", "&lt;").replace("`", "'")


@dataclass(frozen=True)
class Proof:
    """``failed`` is None where nothing fails without the binding."""

    binding: Binding
    why: str
    failed: Failure | None


def page(proofs: Sequence[Proof]) -> str:
    """The whole page, the same for the same proofs."""
    rows = "\n".join(_row(proof) for proof in sorted(proofs, key=lambda one: one.binding))
    return f"""# Permissions, and the proof that each is needed

Made by `make permissions`: the system is deployed into the rehearsal as the
[deployment guide](CLOUD_RUN_DEPLOYMENT.md) says, and everything works. Then one binding at a time
is taken away over REST, what its member does is tried, and the binding is given back. A binding
without which nothing failed would end the proof with an error, and would not be in the
configuration for long. The accounts are the separate ones that bootstrap makes by default.

| who | role | on | why | fails without it | with the words |
|---|---|---|---|---|---|
{rows}
"""


def _row(proof: Proof) -> str:
    binding = proof.binding
    what = proof.failed.trial if proof.failed else "**nothing**"
    words = proof.failed.message if proof.failed else ""
    cells = (
        f"`{binding.who}`", f"`{binding.role}`", binding.resource, proof.why, what, words
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"
