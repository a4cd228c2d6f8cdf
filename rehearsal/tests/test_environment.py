from pathlib import Path

import pytest

from rehearsal.environment import Place, rehearsing, taken_away, without_credentials

_PLACE = Place(
    proxy="http://127.0.0.1:3128",
    bundle=Path("/state/trusted.pem"),
    engine=Path("/state/engine"),
    docker_host="unix:///state/engine/podman.sock",
    member="user:owner@example.com",
    folder=Path("/state/credentials/owner"),
    programs=Path("/state/bin"),
    project="demo",
    token_file=Path("/state/credentials/owner/token"),
    adc_file=Path("/state/credentials/owner/adc.json"),
    state=Path("/state"),
)
_NOBODY = Place(
    **{name: getattr(_PLACE, name) for name in Place.__dataclass_fields__}
    | {"token_file": None, "adc_file": None, "member": "nobody"}
)


@pytest.mark.parametrize(
    "name",
    [
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CREDENTIALS",
        "GOOGLE_OAUTH_ACCESS_TOKEN",
        "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT",
        "CLOUDSDK_CONFIG",
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN",
        "GCE_METADATA_HOST",
        "BIGQUERY_EMULATOR_HOST",
        "DOCKER_CONTEXT",
        "CONTAINER_HOST",
        "https_proxy",
        "ALL_PROXY",
        "BOTO_CONFIG",
    ],
)
def test_what_leads_to_the_real_world_is_taken_away(name: str) -> None:
    assert without_credentials({name: "real", "HOME": "/home/me"}) == {"HOME": "/home/me"}


@pytest.mark.parametrize(
    "name", ["CLOUDSDK_PYTHON", "GOPROXY", "DOG_API_KEY", "TF_CLI_CONFIG_FILE"]
)
def test_what_only_tells_where_tools_are_is_left(name: str) -> None:
    assert not taken_away(name)


def test_nothing_of_a_real_credential_is_left() -> None:
    real = dict.fromkeys(("GOOGLE_CREDENTIALS", "HTTPS_PROXY", "CLOUDSDK_CONFIG"), "REAL")

    assert "REAL" not in rehearsing(real, _PLACE).values()


def test_every_client_goes_to_the_gateway_and_trusts_it() -> None:
    variables = rehearsing({}, _PLACE)

    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        assert variables[name] == "http://127.0.0.1:3128"
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "CURL_CA_BUNDLE",
                 "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE"):  # fmt: skip
        assert variables[name] == "/state/trusted.pem"


def test_the_rehearsals_own_credentials_are_given() -> None:
    variables = rehearsing({}, _PLACE)

    assert variables["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"] == "/state/credentials/owner/token"
    assert variables["GOOGLE_APPLICATION_CREDENTIALS"] == "/state/credentials/owner/adc.json"
    assert variables["GOOGLE_CLOUD_PROJECT"] == "demo"


def test_nobody_has_no_credential_at_all() -> None:
    variables = rehearsing({"GOOGLE_APPLICATION_CREDENTIALS": "/real.json"}, _NOBODY)

    assert "GOOGLE_APPLICATION_CREDENTIALS" not in variables
    assert "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE" not in variables
    assert variables["CLOUDSDK_CONFIG"].startswith("/state/")


def test_containers_are_the_rehearsals_own_engines() -> None:
    variables = rehearsing({"DOCKER_HOST": "tcp://real:2375"}, _PLACE)

    assert variables["DOCKER_HOST"] == "unix:///state/engine/podman.sock"
    assert variables["DOCKER_CONFIG"] == "/state/credentials/owner/docker"
    assert variables["DOCKER_BUILDKIT"] == "0"


def test_the_command_is_on_the_path() -> None:
    assert rehearsing({"PATH": "/bin"}, _PLACE)["PATH"] == "/state/bin:/bin"


def test_the_virtual_environment_of_the_rehearsal_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.prefix", "/own/.venv")

    variables = rehearsing({"VIRTUAL_ENV": "/own/.venv", "PATH": "/own/.venv/bin:/bin"}, _PLACE)

    assert "VIRTUAL_ENV" not in variables
    assert variables["PATH"] == "/state/bin:/bin"


def test_another_virtual_environment_stays() -> None:
    variables = rehearsing({"VIRTUAL_ENV": "/other", "PATH": "/other/bin:/bin"}, _PLACE)

    assert variables["VIRTUAL_ENV"] == "/other"
    assert variables["PATH"] == "/state/bin:/other/bin:/bin"
