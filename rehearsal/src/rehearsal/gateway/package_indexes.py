"""The package indexes that this user's pip, uv and npm are set to, which builds then need."""

import configparser
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rehearsal.gateway.hosts import answered_here

_VARIABLES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "NPM_CONFIG_REGISTRY",
    "npm_config_registry",
)
_ADDRESS = re.compile(r"https?://[^\s\"']+")
_ORDINARY_PORTS = (None, 80, 443)


def index_hosts(
    environment: Mapping[str, str], home: Path, system: Path = Path("/etc")
) -> set[str]:
    """``HOST`` or ``HOST:PORT`` of each index in variables and files of this user and machine.

    https://pip.pypa.io/en/stable/topics/configuration/,
    https://docs.astral.sh/uv/concepts/configuration-files/,
    https://docs.npmjs.com/cli/configuring-npm/npmrc
    """
    texts = [environment.get(name, "") for name in _VARIABLES]
    texts += _pip(environment, home, system)
    texts += _uv(home, system)
    texts += _npm(home, system)
    addresses = (address for text in texts for address in _ADDRESS.findall(text))
    return {host for host in map(_host, addresses) if host and not answered_here(host)}


def _host(address: str) -> str:
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    return host if parts.port in _ORDINARY_PORTS or not host else f"{host}:{parts.port}"


def _pip(environment: Mapping[str, str], home: Path, system: Path) -> Iterator[str]:
    named = environment.get("PIP_CONFIG_FILE", "")
    files = [
        system / "pip.conf",
        home / ".pip" / "pip.conf",
        home / ".config" / "pip" / "pip.conf",
        *([Path(named)] if named and named != os.devnull else []),
    ]
    for text in _texts(files):
        parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
        try:
            parser.read_string(text)
        except configparser.Error:
            continue  # pip itself will say so
        for section in parser.sections():
            for key in ("index-url", "extra-index-url"):
                yield parser.get(section, key, fallback="") or ""


def _uv(home: Path, system: Path) -> Iterator[str]:
    for text in _texts([system / "uv" / "uv.toml", home / ".config" / "uv" / "uv.toml"]):
        try:
            settings = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue  # uv itself will say so
        yield from _uv_indexes(settings)
        yield from _uv_indexes(settings.get("pip", {}))


def _uv_indexes(settings: Mapping[str, Any]) -> Iterator[str]:
    yield str(settings.get("index-url", ""))
    yield " ".join(settings.get("extra-index-url", ()))
    yield " ".join(str(index.get("url", "")) for index in settings.get("index", ()))


def _npm(home: Path, system: Path) -> Iterator[str]:
    for text in _texts([system / "npmrc", home / ".npmrc"]):
        for line in text.splitlines():
            key, _, value = line.partition("=")
            if key.strip().rpartition(":")[2] == "registry":
                yield value


def _texts(files: list[Path]) -> Iterator[str]:
    for file in files:
        if file.is_file() and os.access(file, os.R_OK):
            yield file.read_text(errors="replace")
