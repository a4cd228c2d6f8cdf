"""The rehearsal's clock: shown, and moved with all that falls due on the way."""

from datetime import timedelta

from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.running.control import route

_LONGEST = timedelta(days=3660)


@route("clock")
def show(cloud: Cloud, _: Document) -> Document:
    """The moment, and how far it is ahead of real time."""
    return _told(cloud)


@route("clock/advance")
def advance(cloud: Cloud, body: Document) -> Document:
    """Moves time ahead by ``seconds``; answers when all that fell due has been done."""
    seconds = body.get("seconds")
    if not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST.total_seconds():
        raise RehearsalError(
            f"the clock moves ahead by up to {_LONGEST.days} days, not by {seconds!r} seconds"
        )
    cloud.timeline.advance(timedelta(seconds=seconds))
    return _told(cloud)


def _told(cloud: Cloud) -> Document:
    return {
        "time": rfc3339(cloud.clock.now()),
        "ahead_seconds": cloud.clock.offset.total_seconds(),
    }
