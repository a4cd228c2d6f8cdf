from pathlib import Path

import pytest

from tests.guide.placeholders import filled, learned, table


def test_the_table_of_a_document_fills_its_commands(tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text(
        "| put here | what | example |\n|---|---|---|\n"
        "| `<project-id>`, `<project>` | the project | `demo` |\n"
        "| `<tag>` | a tag | `latest` |\n"
    )
    values = table(path)
    assert filled("<project>/image:<tag> --project=<project-id>", values) == (
        "demo/image:latest --project=demo"
    )


def test_an_unknown_placeholder_is_an_error() -> None:
    with pytest.raises(LookupError, match="<region>"):
        filled("--region=<region>", {})


def test_a_redirection_is_no_placeholder() -> None:
    assert filled("cat <<EOF >file; a < b > c", {}) == "cat <<EOF >file; a < b > c"


def test_values_are_taken_from_what_was_printed() -> None:
    assert learned("| 20261130T174428Z-2dda6e | run |\n| 20261123T040000Z-aaaaaa | run |") == {
        "<run-id>": "20261123T040000Z-aaaaaa"
    }
    assert learned("nothing") == {}
