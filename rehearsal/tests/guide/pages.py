"""The two documents that are followed, and their parts."""

from tests.e2e.deployment import REPOSITORY
from tests.guide.document import Section, Step, sections, steps

GUIDE = REPOSITORY / "docs" / "CLOUD_RUN_DEPLOYMENT.md"
RUNBOOK = REPOSITORY / "docs" / "runbook.md"
TROUBLESHOOTING, TAKING_IT_DOWN = "troubleshooting", "taking-it-down"

ALL: list[Step] = steps(GUIDE)
DEPLOYING = [step for step in ALL if step.within not in (TROUBLESHOOTING, TAKING_IT_DOWN)]
UNDEPLOYING = [step for step in ALL if step.within == TAKING_IT_DOWN]
ENTRIES: list[Section] = [
    section
    for section in sections(GUIDE)
    if section.within == TROUBLESHOOTING and section.level > 2
]
"""Of the troubleshooting."""
ALERTS: list[Section] = [section for section in sections(RUNBOOK) if section.level == 2]
