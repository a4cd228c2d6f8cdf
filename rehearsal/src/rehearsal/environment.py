"""The variables by which unmodified tools rehearse: real credentials taken away, others given."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REHEARSING_AS = "REHEARSAL_AS"
"""The variable that tells that this is the rehearsal's environment, and whose."""
_TAKEN_AWAY = ("GOOGLE_", "GCLOUD_", "GCE_", "CLOUDSDK_", "DOCKER_", "CONTAINERS_")
"""Beginnings of names: credentials, projects, endpoints and engines of the real world."""
_TAKEN_AWAY_ENDINGS = ("_EMULATOR_HOST", "_PROXY")
_TAKEN_AWAY_NAMES = frozenset({"BOTO_CONFIG", "BIGQUERYRC", "REGISTRY_AUTH_FILE", "CONTAINER_HOST"})
_LEFT = frozenset(
    {
        "CLOUDSDK_PYTHON",
        "CLOUDSDK_PYTHON_ARGS",
        "CLOUDSDK_PYTHON_SITEPACKAGES",
        "CLOUDSDK_BQ_PYTHON",
        "CLOUDSDK_GSUTIL_PYTHON",
        "CLOUDSDK_ROOT_DIR",
    }
)
"""Where the tools themselves are."""
_NOWHERE = "127.0.0.1:9"
"""An address at which nothing listens: no metadata server of a real virtual machine is asked."""
_LOCAL = "localhost,127.0.0.1,::1"


@dataclass(frozen=True)
class Place:
    """Where the rehearsal is, and with whose credentials it is entered."""

    proxy: str
    """``http://127.0.0.1:PORT`` of the gateway."""
    bundle: Path
    """The authorities to trust."""
    engine: Path
    """The container engine's folder."""
    docker_host: str
    member: str
    """The principal, or ``nobody``."""
    folder: Path
    """The principal's own: settings of gcloud and docker."""
    programs: Path
    """A folder with the ``rehearsal`` command alone, for the PATH."""
    project: str
    token_file: Path | None
    """With an access token; None for nobody."""
    adc_file: Path | None
    """Application default credentials; None for nobody."""
    state: Path
    terraform: Mapping[str, str] = field(default_factory=dict)
    """How terraform finds its provider; empty where it finds it by itself."""


def without_credentials(inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables that are not taken away."""
    return {name: value for name, value in inherited.items() if not taken_away(name)}


def taken_away(name: str) -> bool:
    """Whether a variable could lead a tool, or a credential, to the real world."""
    upper = name.upper()
    if upper in _LEFT:
        return False
    return (
        upper.startswith(_TAKEN_AWAY)
        or upper.endswith(_TAKEN_AWAY_ENDINGS)
        or upper in _TAKEN_AWAY_NAMES
    )


def rehearsing(inherited: Mapping[str, str], place: Place) -> dict[str, str]:
    """The whole environment of a tool that rehearses."""
    kept = _out_of_own_environment(without_credentials(inherited))
    path = f"{place.programs}:{kept.get('PATH', '')}".rstrip(":")
    return (
        kept
        | _network(place)
        | _credentials(place)
        | _gcloud(place)
        | _containers(place)
        | dict(place.terraform)
        | {"PATH": path, "CHECKPOINT_DISABLE": "1"}
        | {"REHEARSAL_STATE": str(place.state), REHEARSING_AS: place.member}
    )


def _network(place: Place) -> dict[str, str]:
    proxies = {
        spelled: value
        for name, value in (
            ("HTTPS_PROXY", place.proxy),
            ("HTTP_PROXY", place.proxy),
            ("NO_PROXY", _LOCAL),
        )
        for spelled in (name, name.lower())
    }
    trusting = (
        "SSL_CERT_FILE",  # Go, OpenSSL
        "REQUESTS_CA_BUNDLE",  # Python's requests, which has a list of its own
        "CURL_CA_BUNDLE",
        "HTTPLIB2_CA_CERTS",  # bq
        "PIP_CERT",
        "NODE_EXTRA_CA_CERTS",
        "GIT_SSL_CAINFO",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    )
    return proxies | dict.fromkeys(trusting, str(place.bundle))


def _credentials(place: Place) -> dict[str, str]:
    variables = {
        "GOOGLE_CLOUD_PROJECT": place.project,
        "NO_GCE_CHECK": "true",
        "GCE_METADATA_HOST": _NOWHERE,
        "GCE_METADATA_IP": _NOWHERE,
    }
    if place.adc_file is not None:
        variables["GOOGLE_APPLICATION_CREDENTIALS"] = str(place.adc_file)
    return variables


def _gcloud(place: Place) -> dict[str, str]:
    variables = {
        "CLOUDSDK_CONFIG": str(place.folder / "gcloud"),
        "CLOUDSDK_CORE_PROJECT": place.project,
        "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": str(place.bundle),
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_SURVEY_DISABLE_PROMPTS": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "BIGQUERYRC": str(place.folder / "bigqueryrc"),
        "BOTO_CONFIG": str(place.folder / "boto"),
    }
    if place.token_file is not None:
        variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"] = str(place.token_file)
    return variables


def _containers(place: Place) -> dict[str, str]:
    return {
        "DOCKER_HOST": place.docker_host,
        "DOCKER_CONFIG": str(place.folder / "docker"),
        "DOCKER_BUILDKIT": "0",
        "REGISTRY_AUTH_FILE": str(place.folder / "docker" / "config.json"),
        "ENGINE_OWN": "1",
        "ENGINE_STATE": str(place.engine),
    }


def _out_of_own_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Without the virtual environment of the rehearsal itself: gcloud looks for python3."""
    if not variables.get("VIRTUAL_ENV") or Path(variables["VIRTUAL_ENV"]) != Path(sys.prefix):
        return dict(variables)
    own = str(Path(sys.prefix) / "bin")
    path = ":".join(part for part in variables.get("PATH", "").split(":") if part != own)
    return {
        name: value
        for name, value in variables.items()
        if name not in ("VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT")
    } | {"PATH": path}
