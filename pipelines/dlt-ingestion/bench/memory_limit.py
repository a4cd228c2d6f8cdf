"""A hard limit on the memory of a process and its children, by a Linux control group.

Unlike RLIMIT_AS it counts pages that are used, not addresses that are reserved. It needs the right
to make control groups (root, as a rule).
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
# Version 1 has a tree a controller, version 2 one for all: where it is, the files for the limit.
_VERSIONS = (
    (_ROOT / "memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"),
    (_ROOT, "memory.max", "memory.swap.max"),
)


@contextmanager
def limited(limit_bytes: int) -> Iterator[Sequence[str] | None]:
    """Yields a command that runs the one behind it within the limit; None where it can't be had."""
    group = _make_group(limit_bytes)
    if group is None:
        yield None
        return
    try:
        yield ("/bin/sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$0" "$@"')
    finally:
        _remove(group)


def _make_group(limit_bytes: int) -> Path | None:
    for tree, limit_file, swap_file in _VERSIONS:
        group = tree / f"dlt-ingestion-bench-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit_file).write_text(str(limit_bytes))
        except OSError:
            _remove(group)
            continue
        swap = group / swap_file  # missing where the machine does not account for swap
        if swap.exists():
            swap.write_text(str(limit_bytes) if "memsw" in swap_file else "0")
        return group
    return None


def _remove(group: Path) -> None:
    for _ in range(50):  # a group is busy for a moment after its last process
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.1)
        else:
            return
