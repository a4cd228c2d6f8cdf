"""A repository on GitHub: its files, variables and events, and its workflows, which act runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.running import Rehearsal

REPOSITORY = Path(__file__).parents[3]
NAME, ID = "example/dog-breeds", "123456789"
TOOLS = REPOSITORY / ".tools" / "bin"
_ACTIONS = Path(__file__).parent / "actions"
_BY_ACT_ITSELF = "actions/checkout"
"""Of which act says: the working directory was copied already."""
_USES = re.compile(r"uses:\s*([\w.-]+/[\w.-]+)@([0-9a-f]{40})")
_TIMEOUT_SECONDS = 900.0

_OF_A_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS")
"""A make that runs these tests would hand its own variables on to those of the workflows."""


@dataclass(frozen=True)
class Run:
    """A workflow's run that has ended."""

    succeeded: bool
    output: str
    """All that the steps printed."""
    jobs: Mapping[str, str]
    """``success``, ``failure`` or ``skipped`` of each job that was begun, by its id."""
    steps: Mapping[str, str]
    """Of each step, by its name."""

    def require(self) -> "Run":
        """Itself, if it succeeded."""
        assert self.succeeded, self.output[-6000:]
        return self


@dataclass(frozen=True)
class Repository:
    """A clone with a commit, of which act believes that it is ``example/dog-breeds``."""

    folder: Path

    @classmethod
    def of_working_tree(cls, folder: Path) -> "Repository":
        """As the files are now, committed or not."""
        listed = _git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if (REPOSITORY / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(REPOSITORY / name, folder / name)
        _git(folder, "init", "--quiet", "--initial-branch=main")
        _git(folder, "remote", "add", "origin", f"https://github.com/{NAME}.git")
        repository = cls(folder)
        repository.commit("As it is")
        return repository

    def copy(self, folder: Path) -> "Repository":
        """Another clone, to be changed."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Repository(folder)

    def edit(self, file: str, old: str, new: str) -> None:
        """Changes a file in one place, and commits."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")
        self.commit(f"Change {file}")

    def commit(self, message: str) -> None:
        """Commits all files, ignored ones of infrastructure as well."""
        _git(self.folder, "add", "--all")
        for name in ("backend.tf", "secrets.tfvars"):
            if (self.folder / "infrastructure" / name).exists():
                _git(self.folder, "add", "--force", f"infrastructure/{name}")
        _git(self.folder, "-c", "user.name=A", "-c", "user.email=a@example.com",
             "commit", "--quiet", "--allow-empty", "--message", message)  # fmt: skip

    @property
    def sha(self) -> str:
        """The commit."""
        return _git(self.folder, "rev-parse", "HEAD").strip()


@dataclass(frozen=True)
class GitHub:
    """Runs workflows, with tokens of the rehearsal's issuer and variables of the repository."""

    rehearsal: Rehearsal
    variables: Mapping[str, str]
    folder: Path
    narrowed: Mapping[str, str] = field(default_factory=dict)
    """Variables of make that make a heavy target do less."""
    options: tuple[str, ...] = ()
    """More of act's."""

    def run(
        self,
        repository: Repository,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        job: str | None = None,
        claims: Mapping[str, str] | None = None,
        cancelled_at: str | None = None,
    ) -> Run:
        """Runs a workflow for an event.

        ``claims``: of the token, where it is not as usual; ``cancelled_at``: what is printed when
        somebody cancels the run.
        """
        file = repository.folder / ".github" / "workflows" / workflow
        event_file = self.folder / "event.json"
        event_file.write_text(json.dumps(payload), encoding="utf-8")
        command = [
            str(TOOLS / "act"), event, "--json", "--workflows", str(file),
            "--eventpath", str(event_file), "--platform", "ubuntu-24.04=-self-hosted",
            "--concurrent-jobs", "1", "--defaultbranch", "main", "--no-cache-server",
            "--use-gitignore=false", *self.options,
            *(["--job", job] if job else []),
            *[f"--local-repository={one}" for one in _stand_ins(file)],
            *[f"--var={name}={value}" for name, value in self.variables.items()],
        ]  # fmt: skip
        act = subprocess.Popen(
            command,
            cwd=repository.folder,
            env=self._environment(event, payload, claims or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with act:
            return _told(act, cancelled_at)

    def _environment(
        self, event: str, payload: Mapping[str, Any], claims: Mapping[str, str]
    ) -> dict[str, str]:
        """Nobody's credentials: what a job may do comes from its token alone."""
        job = {
            "repository": NAME,
            "repository_id": ID,
            "event": event,
            "ref": payload.get("ref", "refs/heads/main"),
        } | dict(claims)
        asked = self.rehearsal.ask("github-token/request", {"workflow": job})["variables"]
        assert isinstance(asked, dict)
        nobody = self.rehearsal.environment("nobody")
        for name in _OF_A_MAKE:
            nobody.pop(name, None)
        # A new machine each time: gcloud keeps the tokens that it has got, and docker its logins.
        machine = Path(tempfile.mkdtemp(prefix="machine-", dir=self.folder))
        (machine / "docker").mkdir()
        return (
            nobody
            | asked
            | dict(self.narrowed)
            | {
                # Rich would draw a moving line, for act gives each step a terminal.
                "TERM": "dumb",
                "CLOUDSDK_CONFIG": str(machine / "gcloud"),
                "DOCKER_CONFIG": str(machine / "docker"),
                "PATH": f"{TOOLS}:{nobody['PATH']}",
                "XDG_CACHE_HOME": str(self.folder / "act"),
                "UV_CACHE_DIR": _uv_cache(),
                "UV_COMPILE_BYTECODE": "0",
                "KEPT_ARTIFACTS": str(self.folder / "artifacts"),
            }
        )


def pull_request(number: int, repository: Repository, head: str = NAME) -> dict[str, Any]:
    """The event of a pull request whose branch is in ``head``."""
    return {
        "action": "synchronize",
        "number": number,
        "ref": f"refs/pull/{number}/merge",
        "pull_request": {
            "number": number,
            "user": {"login": "somebody"},
            "head": {"ref": "change", "sha": repository.sha, "repo": {"full_name": head}},
            "base": {"ref": "main", "repo": {"full_name": NAME}},
        },
        "repository": {"full_name": NAME, "name": "dog-breeds", "owner": {"login": "example"}},
    }


def _stand_ins(workflow: Path) -> list[str]:
    used = sorted(set(_USES.findall(workflow.read_text(encoding="utf-8"))))
    return [f"{name}@{sha}={_ACTIONS / name}" for name, sha in used if name != _BY_ACT_ITSELF]


def _told(act: subprocess.Popen[str], cancelled_at: str | None) -> Run:
    """Follows it to its end."""
    lines: list[str] = []
    jobs: dict[str, str] = {}
    steps: dict[str, str] = {}
    assert act.stdout is not None
    for line in act.stdout:
        entry = _entry(line)
        lines.append(str(entry.get("msg", "")).rstrip())
        if cancelled_at is not None and cancelled_at in lines[-1]:
            act.send_signal(signal.SIGINT)
            cancelled_at = None
        if "jobResult" in entry:
            jobs[entry["jobID"]] = entry["jobResult"]
        if "stepResult" in entry and entry.get("stage") == "Main":
            steps[entry["step"]] = entry["stepResult"]
    return Run(act.wait(_TIMEOUT_SECONDS) == 0, "\n".join(lines), jobs, steps)


def _entry(line: str) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError:
        return {"msg": line}
    return entry


def _uv_cache() -> str:
    return os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
