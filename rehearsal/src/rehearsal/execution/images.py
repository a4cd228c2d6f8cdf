"""Pulls images from the registry, each digest once, as Cloud Run's agent would."""

import base64
import json
import subprocess
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rehearsal.execution.engine import Engine, last_words

_LOOK_SECONDS = 0.1
_USER = "oauth2accesstoken"
"""https://cloud.google.com/artifact-registry/docs/docker/authentication#token"""


class NotPulledError(Exception):
    """The image is not here; the message says why."""


class Images(Protocol):
    """Has images here before containers are made of them; called from several threads."""

    def pull(self, image: str, cancelled: threading.Event) -> None:
        """Returns when the image is here; tasks of one image wait for one pull.

        Raises:
            NotPulledError: the registry refuses, can't be reached, or it was cancelled.
        """

    def forget(self, image: str) -> None:
        """Makes sure that the next pull looks for it again."""


class RegistryImages:
    """Pulls with podman.

    ``token`` gives an access token of whoever may read the repositories.
    """

    def __init__(self, engine: Engine, folder: Path, token: Callable[[], str]) -> None:
        self._engine, self._folder, self._token = engine, folder, token
        self._pulled: set[str] = set()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def pull(self, image: str, cancelled: threading.Event) -> None:
        """As Images says."""
        with self._locks[image]:
            if image not in self._pulled:
                self._pull(image, cancelled)
                self._pulled.add(image)

    def forget(self, image: str) -> None:
        """As Images says."""
        self._pulled.discard(image)

    def _pull(self, image: str, cancelled: threading.Event) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="pull-") as folder:
            credentials = Path(folder) / "auth.json"
            credentials.touch(mode=0o600)
            credentials.write_text(self._credentials(image))
            arguments = ["pull", "--quiet", "--authfile", str(credentials), image]
            process = self._engine.start(arguments, Path(folder))
            errors = _errors_of(process, cancelled)
        if cancelled.is_set():
            raise NotPulledError(f"the pull of {image} was cancelled")
        if process.returncode:
            raise NotPulledError(last_words(errors))

    def _credentials(self, image: str) -> str:
        """In the form of docker's config.json, for the image's host alone."""
        pair = base64.b64encode(f"{_USER}:{self._token()}".encode()).decode()
        return json.dumps({"auths": {image.partition("/")[0]: {"auth": pair}}})


def _errors_of(process: subprocess.Popen[bytes], cancelled: threading.Event) -> bytes:
    while True:
        try:
            return process.communicate(timeout=_LOOK_SECONDS)[1]
        except subprocess.TimeoutExpired:
            if cancelled.is_set():
                process.kill()
