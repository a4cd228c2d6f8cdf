"""How much memory the processes of a rehearsal hold, as their proportional share."""

import re
from pathlib import Path

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


def resident_bytes(folder: Path, *, without: str) -> int:
    """The sum over all processes that were started for the state in ``folder``.

    ``without``: a word in the command line of processes that don't count.
    """
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes().decode(errors="replace")
            rollup = (process / "smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended, or is another user's
        if str(folder) in command + environment and without not in command:
            found = _PSS.search(rollup)
            total += int(found[1]) * 1024 if found else 0
    return total
