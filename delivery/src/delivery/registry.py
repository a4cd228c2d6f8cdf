"""Moves tags in Artifact Registry, in one step.

``gcloud artifacts docker tags add`` deletes a tag and makes it anew: for a moment no tag keeps
the image, and whoever does it must be allowed to delete. The API has a method that moves a tag:
https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories.packages.tags
"""

import contextlib
import json
import sys
import urllib.error
import urllib.request
from functools import cache

from delivery import program
from delivery.errors import ProgramError
from delivery.system import System

_API = "https://artifactregistry.googleapis.com/v1"
_SECONDS = 60


def point(system: System, tag: str, digest: str) -> None:
    """Makes ``tag`` mean the image with this digest, whether there was such a tag or not.

    Raises:
        ProgramError: Artifact Registry refuses.
    """
    package = (
        f"projects/{system.project}/locations/{system.region}"
        "/repositories/pipelines/packages/dlt-ingestion"
    )
    body = {"version": f"{package}/versions/{digest}"}
    sys.stderr.write(f"tag {tag} -> {digest}\n")
    try:
        _send("PATCH", f"{package}/tags/{tag}?updateMask=version", body)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise _refused(tag, error) from error
        try:
            _send("POST", f"{package}/tags?tagId={tag}", body)
        except urllib.error.HTTPError as again:
            raise _refused(tag, again) from again


def _send(method: str, path: str, body: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310 - always https
        f"{_API}/{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {_token()}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
        pass


@cache
def _token() -> str:
    """Of gcloud's account; good for longer than a step takes."""
    return program.output("gcloud", "auth", "print-access-token").strip()


def _refused(tag: str, error: urllib.error.HTTPError) -> ProgramError:
    answer = error.read().decode(errors="replace")
    # An answer that is no error of Google's APIs is shown as it is.
    with contextlib.suppress(ValueError, KeyError, TypeError):
        answer = str(json.loads(answer)["error"]["message"])
    return ProgramError(f"moving the tag {tag}", error.code, answer)
