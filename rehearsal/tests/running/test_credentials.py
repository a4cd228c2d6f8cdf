from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rehearsal.documents import decode
from rehearsal.errors import RehearsalError
from rehearsal.running.credentials import Credentials
from tests.client import OWNER, Client


def _principal(client: Client, token_file: str) -> str | None:
    principal = client.cloud.tokens.principal_of(Path(token_file).read_text())
    return principal.member if principal else None


def _granted(client: Client, adc_file: str) -> str | None:
    """Whose the token is that a client library gets for its default credentials."""
    adc = decode(Path(adc_file).read_bytes())
    form = {name: adc[name] for name in ("client_id", "client_secret", "refresh_token")}
    answer = client.post(
        adc["token_uri"],
        as_=None,
        content=urlencode(form | {"grant_type": "refresh_token"}).encode(),
    ).ok
    principal = client.cloud.tokens.principal_of(answer["access_token"])
    return principal.member if principal else None


def test_a_token_file_has_a_token_of_the_principal(tmp_path: Path) -> None:
    client = Client()

    given = Credentials(client.cloud, tmp_path).give(client.cloud, {"member": OWNER})

    assert _principal(client, given["tokenFile"]) == OWNER


def test_default_credentials_are_good_for_tokens_of_the_principal(tmp_path: Path) -> None:
    client = Client()

    given = Credentials(client.cloud, tmp_path).give(client.cloud, {"member": OWNER})

    assert _granted(client, given["adcFile"]) == OWNER


def test_files_are_nobody_elses_to_read(tmp_path: Path) -> None:
    client = Client()

    given = Credentials(client.cloud, tmp_path).give(client.cloud, {"member": OWNER})

    for file in (given["tokenFile"], given["adcFile"]):
        assert Path(file).stat().st_mode & 0o077 == 0


def test_a_token_is_renewed_before_it_expires_on_the_rehearsals_clock(tmp_path: Path) -> None:
    client = Client()
    credentials = Credentials(client.cloud, tmp_path)
    credentials.start()
    given = credentials.give(client.cloud, {"member": OWNER})

    client.cloud.timeline.advance(timedelta(days=8))

    assert _principal(client, given["tokenFile"]) == OWNER


def test_a_token_is_renewed_after_all_resources_were_forgotten(tmp_path: Path) -> None:
    first = Client()
    given = Credentials(first.cloud, tmp_path).give(first.cloud, {"member": OWNER})

    second = Client()
    Credentials(second.cloud, tmp_path).start()

    assert _principal(second, given["tokenFile"]) == OWNER
    assert _granted(second, given["adcFile"]) == OWNER


def test_default_credentials_stay_as_they_are(tmp_path: Path) -> None:
    client = Client()
    credentials = Credentials(client.cloud, tmp_path)

    first = Path(credentials.give(client.cloud, {"member": OWNER})["adcFile"]).read_bytes()
    second = Path(credentials.give(client.cloud, {"member": OWNER})["adcFile"]).read_bytes()

    assert first == second


@pytest.mark.parametrize("member", ["", "nobody", "group:all@example.com", "allUsers"])
def test_who_can_have_no_token_is_refused(tmp_path: Path, member: str) -> None:
    client = Client()

    with pytest.raises(RehearsalError, match="neither"):
        Credentials(client.cloud, tmp_path).give(client.cloud, {"member": member})
