"""The project as a repository that can be cloned: its files as they are now, committed or not."""

import subprocess
from pathlib import Path

from tests.e2e.deployment import REPOSITORY

_AUTHOR = ("-c", "user.name=Guide", "-c", "user.email=guide@example.com")
_LOCKS = ":(exclude)*.terraform.lock.hcl"
"""Terraform refuses a provider with other hashes than the lock file's, as the stand-in is."""


def repository(folder: Path, *, with_locks: bool = False) -> Path:
    """Makes the repository in ``folder``; the project's own is not touched."""
    git = ("git", f"--git-dir={folder}", f"--work-tree={REPOSITORY}")
    excluded = () if with_locks else (_LOCKS,)
    for command in (
        ("git", "init", "--quiet", "--bare", "--initial-branch=main", str(folder)),
        (*git, "add", "--all", "--", ".", *excluded),
        (*git, *_AUTHOR, "commit", "--quiet", "--message=As it is now"),
    ):
        subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return folder
