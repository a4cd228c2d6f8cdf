"""A real docker-registry behind the application, and images that are made here."""

import base64
import hashlib
import json
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from rehearsal import child_process
from rehearsal.cloud import Addresses
from rehearsal.documents import Document
from tests.client import PROJECT, Client, Response

API = "https://artifactregistry.googleapis.com/v1"
LOCATION = "europe-west1"
HOST = f"{LOCATION}-docker.pkg.dev"
PARENT = f"projects/{PROJECT}/locations/{LOCATION}"
REPOSITORY = f"{PARENT}/repositories/pipelines"
FULL = f"//artifactregistry.googleapis.com/{REPOSITORY}"
SCHEMA2 = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_START_SECONDS = 60


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True)
class Image:
    """A config, one layer, and the manifest that names both."""

    config: bytes
    layer: bytes

    @property
    def manifest(self) -> bytes:
        document = {
            "schemaVersion": 2,
            "mediaType": SCHEMA2,
            "config": {
                "mediaType": _CONFIG,
                "digest": digest_of(self.config),
                "size": len(self.config),
            },
            "layers": [
                {"mediaType": _LAYER, "digest": digest_of(self.layer), "size": len(self.layer)}
            ],
        }
        return json.dumps(document).encode()

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)


def image(content: str, created: str = "2026-01-04T12:00:00Z") -> Image:
    config = {"architecture": "amd64", "os": "linux", "created": created, "config": {}}
    return Image(json.dumps(config).encode(), content.encode())


class World:
    """A client, with the repository ``pipelines`` unless told otherwise."""

    def __init__(self, registry: str | None, **fields: object) -> None:
        self.client = Client(addresses=Addresses(registry=registry))
        body = {"format": "DOCKER"} | fields
        self.client.post(f"{API}/{PARENT}/repositories?repositoryId=pipelines", body).ok

    def call(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        as_: str | None = "user:owner@example.com",
        **headers: str,
    ) -> Response:
        return self.client.request(
            method,
            path if path.startswith("https:") else f"https://{HOST}/v2/{path}",
            as_=as_,
            content=content,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def push_blob(self, content: bytes, package: str = "ingest") -> Response:
        """As docker does: POST, PATCH with all of it, PUT with none."""
        begun = self.call("POST", f"{PROJECT}/pipelines/{package}/blobs/uploads/")
        assert begun.status == 202, begun.content
        sent = self.call("PATCH", self.at(begun), content)
        assert sent.status == 202, sent.content
        finish = f"{self.at(sent)}&digest={digest_of(content)}"
        return self.call("PUT", finish, b"")

    def push(self, pushed: Image, tag: str = "v1", package: str = "ingest") -> Response:
        for blob in (pushed.config, pushed.layer):
            assert self.push_blob(blob, package).status == 201
        return self.push_manifest(pushed.manifest, tag or pushed.digest, package)

    def push_manifest(
        self, manifest: bytes, reference: str, package: str = "ingest", kind: str = SCHEMA2
    ) -> Response:
        path = f"{PROJECT}/pipelines/{package}/manifests/{reference}"
        return self.call("PUT", path, manifest, content_type=kind)

    def push_index(self, *children: Image, tag: str = "all") -> str:
        entries = [
            {"mediaType": SCHEMA2, "digest": one.digest, "size": len(one.manifest)}
            for one in children
        ]
        content = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
        answer = self.push_manifest(content.encode(), tag, kind=INDEX)
        assert answer.status == 201, answer.content
        return digest_of(content.encode())

    def manifest(self, reference: str, package: str = "ingest") -> Response:
        return self.call("GET", f"{PROJECT}/pipelines/{package}/manifests/{reference}")

    def images(self) -> list[Document]:
        found: list[Document] = self.client.get(f"{API}/{REPOSITORY}/dockerImages").ok.get(
            "dockerImages", []
        )
        return found

    def digests(self) -> set[str]:
        return {one["uri"].partition("@")[2] for one in self.images()}

    @staticmethod
    def at(answer: Response) -> str:
        return f"https://{HOST}{answer.headers['location']}"


def errors(answer: Response) -> tuple[int, str, str]:
    """Status, word and text of a registry's refusal."""
    (error,) = answer.json["errors"]
    return answer.status, error["code"], error["message"]


def basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def upstream_status(registry: str, digest: str, package: str = "ingest") -> int:
    """What the registry behind has: 200 or 404."""
    path = f"/v2/{LOCATION}/{PROJECT}/pipelines/{package}/manifests/{digest}"
    return httpx.get(registry + path, headers={"accept": SCHEMA2}, trust_env=False).status_code


@contextmanager
def docker_registry(folder: Path) -> Iterator[str]:
    """A registry of its own on a free port; gives its address."""
    if shutil.which("docker-registry") is None:
        pytest.skip("docker-registry is missing: apt-get install docker-registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    configuration = folder / "registry.yml"
    configuration.write_text(
        json.dumps(
            {
                "version": 0.1,
                "log": {"level": "error", "accesslog": {"disabled": True}},
                "storage": {
                    "filesystem": {"rootdirectory": str(folder / "images")},
                    "delete": {"enabled": True},
                },
                "http": {"addr": address, "relativeurls": True},
            }
        )
    )
    log = folder / "registry.log"
    process = child_process.start(
        ["docker-registry", "serve", configuration], log=log, parting=signal.SIGKILL
    )
    try:
        _await(f"http://{address}", log)
        yield f"http://{address}"
    finally:
        child_process.end(process)


def _await(address: str, log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/v2/", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"docker-registry did not start:\n{log.read_text()}")
