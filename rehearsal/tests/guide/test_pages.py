"""Links within the documents, and from the alerts to the runbook."""

import re
from pathlib import Path

import pytest

from tests.e2e.deployment import REPOSITORY
from tests.guide.document import sections
from tests.guide.pages import ALERTS, GUIDE, RUNBOOK

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")
PIPELINE = REPOSITORY / "pipelines/dlt-ingestion/src/dlt_ingestion/pipeline.py"
ALERT_TEXTS = REPOSITORY / "infrastructure" / "modules" / "dlt-ingestion" / "alerts.tf"


@pytest.mark.parametrize("page", [GUIDE, RUNBOOK], ids=lambda page: page.name)
def test_every_link_to_a_heading_leads_to_one(page: Path) -> None:
    links = LINK.findall(re.sub(r"\s+", " ", page.read_text(encoding="utf-8")))
    assert links
    for name, anchor in links:
        target = page.parent / name if name else page
        assert anchor in [section.anchor for section in sections(target)], f"{name}#{anchor}"


@pytest.mark.parametrize("page", [GUIDE, RUNBOOK], ids=lambda page: page.name)
def test_no_two_headings_have_one_name(page: Path) -> None:
    anchors = [section.anchor for section in sections(page)]
    assert len(anchors) == len(set(anchors))


def test_code_that_the_guide_shows_is_the_code_that_is_there() -> None:
    shown = [line.strip() for section in sections(GUIDE) for block in section.blocks
             if block.language == "python" for line in block.text.splitlines()]  # fmt: skip
    code = [line.strip() for line in PIPELINE.read_text(encoding="utf-8").splitlines()]
    assert shown
    assert [line for line in shown if line not in code] == []


def test_every_alert_leads_to_its_part_of_the_runbook() -> None:
    linked = re.findall(r"\$\{var\.runbook\}#([a-z0-9-]+)", ALERT_TEXTS.read_text(encoding="utf-8"))
    assert sorted(linked) == sorted(alert.anchor for alert in ALERTS)
