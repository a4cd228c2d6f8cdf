"""Puts a small image into a rehearsal's registry, as an engine would, without one."""

import hashlib
import json
import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.running import Rehearsal

_KIND = "application/vnd.oci.image"
_CONFIG = {"architecture": "amd64", "os": "linux", "config": {}, "created": "2026-11-23T18:00:00Z"}


def client_of(rehearsal: Rehearsal) -> httpx.Client:
    """A client at the true addresses, with the owner's credentials."""
    environment = rehearsal.environment()
    token = Path(environment["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text()
    return httpx.Client(
        proxy=environment["HTTPS_PROXY"],
        verify=ssl.create_default_context(cafile=environment["SSL_CERT_FILE"]),
        headers={"authorization": f"Bearer {token}"},
        timeout=60,
    )


def push(client: httpx.Client, image: str) -> None:
    """Pushes ``HOST/PROJECT/REPOSITORY/NAME:TAG``; each tag is an image of its own."""
    place, _, tag = image.rpartition(":")
    host, _, path = place.partition("/")
    token = client.get(
        f"https://{host}/v2/token",
        params={"service": host, "scope": f"repository:{path}:pull,push"},
        auth=("oauth2accesstoken", client.headers["authorization"].removeprefix("Bearer ")),
    ).raise_for_status()
    headers = {"authorization": f"Bearer {token.json()['token']}"}
    address = f"https://{host}/v2/{path}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{_KIND}.manifest.v1+json",
        "config": {
            "mediaType": f"{_KIND}.config.v1+json",
            **_blob(client, address, headers, json.dumps(_CONFIG).encode()),
        },
        "layers": [
            {
                "mediaType": f"{_KIND}.layer.v1.tar+gzip",
                **_blob(client, address, headers, tag.encode()),
            }
        ],
    }
    client.put(
        f"{address}/manifests/{tag}",
        content=json.dumps(manifest),
        headers=headers | {"content-type": f"{_KIND}.manifest.v1+json"},
    ).raise_for_status()


def _blob(
    client: httpx.Client, address: str, headers: Mapping[str, str], content: bytes
) -> dict[str, object]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    begun = client.post(f"{address}/blobs/uploads/", headers=headers).raise_for_status()
    upload = begun.request.url.join(begun.headers["location"]).copy_merge_params({"digest": digest})
    client.put(upload, content=content, headers=headers).raise_for_status()
    return {"digest": digest, "size": len(content)}
