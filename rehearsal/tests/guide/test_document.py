from pathlib import Path

import pytest

from tests.guide.document import anchor, sections, steps

TEXT = """# Title

Words.

## First part

<!-- typed: yes -->
```bash
terraform apply
```

It says:

```output
Apply complete!
```

### Below

<!-- not run: it asks a browser -->
```bash
gcloud auth login
```

## Second

```text
# no heading
```

```bash
ls
```
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "guide.md"
    path.write_text(TEXT)
    return path


def test_commands_are_found_with_their_sections_and_outputs(document: Path) -> None:
    first, below, second = steps(document)
    assert first.commands.text == "terraform apply"
    assert first.commands.typed == ("yes",)
    assert first.shown is not None
    assert first.shown.text == "Apply complete!"
    assert (below.section, below.within) == ("below", "first-part")
    assert below.commands.not_run == "it asks a browser"
    assert (second.section, second.shown) == ("second", None)


def test_what_stands_in_a_block_is_no_heading(document: Path) -> None:
    titles = [section.title for section in sections(document)]
    assert titles == ["Title", "First part", "Below", "Second"]


def test_a_remark_that_belongs_to_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text("# A\n\n<!-- typed: yes -->\n\n```bash\nls\n```\n")
    with pytest.raises(ValueError, match=r"guide\.md:4: a remark must stand above a block"):
        steps(path)


def test_a_block_without_an_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "guide.md"
    path.write_text("# A\n\n```bash\nls\n")
    with pytest.raises(ValueError, match=r"guide\.md:3: the block has no end"):
        steps(path)


@pytest.mark.parametrize(
    ("title", "name"),
    [("No success for 8 days", "no-success-for-8-days"), ("CI/CD", "cicd"),
     ("dlt and `project_id`", "dlt-and-project_id")],
)  # fmt: skip
def test_anchors_are_those_of_github(title: str, name: str) -> None:
    assert anchor(title) == name
