from pathlib import Path

from rehearsal.running.state import State
from rehearsal.running.trust import trusted_file, write_bundle


def _state(folder: Path) -> State:
    state = State(folder)
    state.authority.mkdir()
    (state.authority / "mitmproxy-ca-cert.pem").write_text("GATEWAY\n")
    return state


def test_the_bundle_has_what_is_trusted_and_the_gateway(tmp_path: Path) -> None:
    state = _state(tmp_path)
    (tmp_path / "trusted").write_text("OTHERS")

    write_bundle(state, tmp_path / "trusted")

    assert state.bundle.read_text() == "OTHERS\nGATEWAY\n"


def test_a_bundle_that_is_right_is_left_alone(tmp_path: Path) -> None:
    state = _state(tmp_path)
    (tmp_path / "trusted").write_text("OTHERS")
    write_bundle(state, tmp_path / "trusted")
    before = state.bundle.stat().st_ino

    write_bundle(state, tmp_path / "trusted")

    assert state.bundle.stat().st_ino == before


def test_the_users_own_authorities_come_first(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("OWN")

    assert trusted_file({"SSL_CERT_FILE": str(tmp_path / "own.pem")}) == tmp_path / "own.pem"
