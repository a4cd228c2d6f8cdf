"""What podman is told of a task: the arguments of ``podman run`` and the files beside them."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rehearsal.execution.engine import OWNER_LABEL, Engine
from rehearsal.execution.namespace import METADATA_ADDRESS
from rehearsal.execution.task import Task

_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_TRUSTING = (
    "SSL_CERT_FILE",  # Go, OpenSSL
    "REQUESTS_CA_BUNDLE",  # Python's requests, which has a list of its own
    "CURL_CA_BUNDLE",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "NODE_EXTRA_CA_CERTS",
)
_HOSTS = (
    f"127.0.0.1 localhost\n::1 localhost\n{METADATA_ADDRESS} metadata.google.internal metadata\n"
)
_NOT_GIVEN_BY_CLOUD_RUN = ("TERM", "container")
"""What podman adds to every environment."""


@dataclass(frozen=True)
class Container:
    """A container for one task, in a folder that nobody else uses."""

    task: Task
    folder: Path
    owner: str
    network: str
    """Path of the network namespace."""
    engine: Engine

    @property
    def pid_file(self) -> Path:
        """Written when the container's first process exists."""
        return self.folder / "pid"

    @property
    def out_of_memory_file(self) -> Path:
        """Written by conmon, into the folder it was started in, when memory has run out.

        It watches version 1 and version 2 of control groups alike. podman 4.3 looks for the file
        elsewhere, so its own OOMKilled is always false.
        """
        return self.folder / "oom"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts podman, whose outputs are the container's as soon as ``pid_file`` is there."""
        (self.folder / "hosts").write_text(_HOSTS)
        self._write_environment()
        return self.engine.start(self._arguments(), self.folder, self._handed_on())

    def _arguments(self) -> list[str]:
        return [
            "run",
            "--rm",
            "--pull=never",
            "--sig-proxy=false",
            "--log-driver=none",
            "--no-healthcheck",
            # Else SELinux would keep the files below away from the container.
            "--security-opt=label=disable",
            f"--pidfile={self.pid_file}",
            f"--label={OWNER_LABEL}={self.owner}",
            f"--label=rehearsal.task={self.task.name}",
            *self._limits(),
            *self._network(),
            *self._environment(),
            *([f"--entrypoint={json.dumps(self.task.command)}"] if self.task.command else []),
            self.task.image,
            *self.task.arguments,
        ]

    def _limits(self) -> list[str]:
        memory = f"{self.task.memory_bytes}b"
        return [
            f"--memory={memory}",
            f"--memory-swap={memory}",
            f"--cpus={self.task.cpu}",
            "--read-only",
            "--read-only-tmpfs=false",
            # Its pages are the task's own memory, as in Cloud Run.
            f"--tmpfs=/tmp:rw,mode=1777,size={self.task.memory_bytes}",
        ]

    def _network(self) -> list[str]:
        return [
            f"--network=ns:{self.network}",
            "--hostname=localhost",
            "--no-hosts",
            f"--dns={METADATA_ADDRESS}",
            "--dns-search=.",
            f"--volume={self.folder / 'hosts'}:/etc/hosts:ro",
            f"--volume={self.engine.bundle}:{_BUNDLE}:ro",
        ]

    def _environment(self) -> list[str]:
        """Nothing of podman's own environment, nor of this process's."""
        unwanted = [name for name in _NOT_GIVEN_BY_CLOUD_RUN if name not in self.task.environment]
        return [
            "--http-proxy=false",
            *(f"--unsetenv={name}" for name in unwanted),
            f"--env-file={self.folder / 'environment'}",
            *(self._env_option(name, text) for name, text in self._handed_on().items()),
        ]

    def _env_option(self, name: str, text: str) -> str:
        # PATH or HOME, say, are podman's own: nobody puts a secret there.
        return f"--env={name}={text}" if name in self.engine.environment() else f"--env={name}"

    def _write_environment(self) -> None:
        """Secrets are in it: a file that nobody else may read, not the command line."""
        file = self.folder / "environment"
        file.touch(mode=0o600)
        several = self._handed_on()
        lines = [
            f"{name}={text}\n" for name, text in self._variables().items() if name not in several
        ]
        file.write_text("".join(lines))

    def _handed_on(self) -> dict[str, str]:
        """Values of several lines, which the file can't hold: podman finds them in its own."""
        return {name: text for name, text in self._variables().items() if "\n" in text}

    def _variables(self) -> dict[str, str]:
        return dict.fromkeys(_TRUSTING, _BUNDLE) | self.task.environment
