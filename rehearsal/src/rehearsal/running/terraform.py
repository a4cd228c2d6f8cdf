"""Which provider hashicorp/google terraform gets: the real one, or the stand-in where it can't."""

import os
import time
import urllib.request
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.running.state import write_whole
from rehearsal.terraform_provider import VERSION
from rehearsal.terraform_provider.mirror import install

CHOICE = "REHEARSAL_TERRAFORM_PROVIDER"
"""The variable by which a person chooses."""
SETTINGS = "TF_CLI_CONFIG_FILE"
"""By which terraform finds the stand-in."""
_REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"
_TIMEOUT_SECONDS = 3.0
_REMEMBERED_SECONDS = 600.0


class Provider(StrEnum):
    """Who stands behind hashicorp/google."""

    REAL = "real"
    STAND_IN = "stand-in"

    @property
    def described(self) -> str:
        """For a person."""
        if self is Provider.REAL:
            return "the real hashicorp/google, from registry.terraform.io"
        return f"the rehearsal's stand-in of hashicorp/google {VERSION}"


def provider(folder: Path, environment: Mapping[str, str] = os.environ) -> Provider:
    """The one that terraform gets: as chosen, else by whether the registry answers.

    ``folder`` remembers the registry's answer for ten minutes.

    Raises:
        RehearsalError: what was chosen is none of the two.
    """
    chosen = environment.get(CHOICE)
    if chosen:
        try:
            return Provider(chosen)
        except ValueError:
            names = " or ".join(Provider)
            raise RehearsalError(f"{CHOICE} is {chosen!r}: write {names}, or unset it") from None
    return Provider.REAL if _registry_answers(folder) else Provider.STAND_IN


def variables(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What terraform needs in its environment; writes the stand-in's mirror into ``folder``."""
    if provider(folder, environment) is Provider.REAL:
        return {}
    return {SETTINGS: str(install(folder))}


def _registry_answers(folder: Path) -> bool:
    remembered = folder / "registry"
    try:
        if time.time() - remembered.stat().st_mtime < _REMEMBERED_SECONDS:
            return remembered.read_text() == "answers"
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
    answers = _asked()
    write_whole(remembered, b"answers" if answers else b"is silent")
    return answers


def _asked() -> bool:
    """Through the same proxy, and with the same trust, as terraform itself would ask."""
    try:
        with urllib.request.urlopen(_REGISTRY, timeout=_TIMEOUT_SECONDS) as answer:
            return bool(answer.status == 200)
    except OSError:  # of the network, of TLS, or an answer that says no
        return False
