"""What podman is told of a task: the arguments of ``podman run`` and the files beside them."""

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
_HOSTS = f"127.0.0.1 localhost\n::1 localhost\n{METADATA_ADDRESS} metadata.google.internal metadata\n"
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

    def prepare(self) -> list[str]:
        """Writes the files, and gives the arguments of podman."""
        (self.folder / "hosts").write_text(_HOSTS)
        self._write_environment()
        entrypoint = self.task.command[:1]
        return [
            "run",
            "--rm",
            "--pull=never",
            "--sig-proxy=false",
            "--log-driver=none",
            "--no-healthcheck",
            f"--pidfile={self.pid_file}",
            f"--label={OWNER_LABEL}={self.owner}",
            f"--label=rehearsal.task={self.task.name}",
            *self._limits(),
            *self._network(),
            *self._environment(),
            *(f"--entrypoint={program}" for program in entrypoint),
            self.task.image,
            *self.task.command[1:],
            *self.task.arguments,
        ]

    def variables(self) -> dict[str, str]:
        """What podman hands on from its own environment: values that no file can hold."""
        return {name: value for name, value in self._all().items() if _has_lines(value)}

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
        unwanted = [name for name in _NOT_GIVEN_BY_CLOUD_RUN if name not in self.task.environment]
        return [
            "--http-proxy=false",
            *(f"--unsetenv={name}" for name in unwanted),
            f"--env-file={self.folder / 'environment'}",
            *(f"--env={name}" for name in self.variables()),
        ]

    def _write_environment(self) -> None:
        file = self.folder / "environment"
        # Secrets are among the values: a file that nobody else may read, not the command line.
        file.touch(mode=0o600)
        whole = {name: value for name, value in self._all().items() if not _has_lines(value)}
        file.write_text("".join(f"{name}={value}\n" for name, value in whole.items()))

    def _all(self) -> dict[str, str]:
        return dict.fromkeys(_TRUSTING, _BUNDLE) | self.task.environment


def _has_lines(value: str) -> bool:
    return "\n" in value or "\r" in value
