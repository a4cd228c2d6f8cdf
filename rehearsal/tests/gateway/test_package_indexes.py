from pathlib import Path

from rehearsal.gateway.package_indexes import index_hosts


def test_indexes_of_variables_are_found(tmp_path: Path) -> None:
    environment = {
        "PIP_INDEX_URL": "https://user:secret@pypi.company.test/simple",
        "UV_INDEX": "internal=https://uv.company.test/simple https://more.company.test:8443/",
        "HOME_PAGE": "https://unrelated.test",
    }

    assert index_hosts(environment, tmp_path, tmp_path) == {
        "pypi.company.test",
        "uv.company.test",
        "more.company.test:8443",
    }


def test_indexes_of_files_are_found(tmp_path: Path) -> None:
    _write(tmp_path / "etc/pip.conf", "[global]\nindex-url = https://pip.test/simple\n")
    _write(tmp_path / ".config/pip/pip.conf", "[install]\nextra-index-url=\n  https://one.test\n"
                                              "  http://two.test:3141/root\n")  # fmt: skip
    _write(tmp_path / ".config/uv/uv.toml", '[[index]]\nurl = "https://uv.test/simple"\n')
    _write(tmp_path / ".npmrc", "registry=https://npm.test/\n@scope:registry=https://scope.test/\n"
                                "//npm.test/:_authToken=secret\n")  # fmt: skip

    assert index_hosts({}, tmp_path, tmp_path / "etc") == {
        "pip.test",
        "one.test",
        "two.test:3141",
        "uv.test",
        "npm.test",
        "scope.test",
    }


def test_a_file_that_is_not_understood_is_left_to_its_own_tool(tmp_path: Path) -> None:
    _write(tmp_path / ".config/pip/pip.conf", "no section = here")
    _write(tmp_path / ".config/uv/uv.toml", "no toml")

    assert index_hosts({}, tmp_path, tmp_path) == set()


def test_an_index_at_an_address_of_googles_is_left_to_the_rehearsal(tmp_path: Path) -> None:
    environment = {"PIP_INDEX_URL": "https://europe-west1-python.pkg.dev/p/r/simple"}

    assert index_hosts(environment, tmp_path, tmp_path) == set()


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
