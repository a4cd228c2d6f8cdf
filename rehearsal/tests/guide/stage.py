"""What happens in the world before a reader gets to a section, for there to be something to see."""

from collections.abc import Callable

from tests.e2e.deployment import Deployment

BREEDS = 72
"""How many the rehearsal's API has."""
_MISSING = 5
"""So few that the audit lets it through."""


def something_bad_is_published(deployment: Deployment) -> None:
    """The API's list loses breeds for a week, and a run publishes that."""
    deployment.rehearsal.ask("dog-api", {"breeds": BREEDS - _MISSING})
    ended = deployment.execute()
    deployment.rehearsal.ask("dog-api", {"breeds": None})
    assert ended.returncode == 0, ended.stdout + ended.stderr + deployment.said()
    assert len(deployment.breeds()) == BREEDS - _MISSING


EVENTS: dict[str, Callable[[Deployment], None]] = {"data": something_bad_is_published}
"""By the anchor of the section."""
