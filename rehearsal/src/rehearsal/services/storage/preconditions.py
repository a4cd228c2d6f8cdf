"""Preconditions: a call is done only if a generation or metageneration is as the caller thinks.

https://cloud.google.com/storage/docs/request-preconditions
"""

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import ApiError, precondition_failed

_FAILED = "At least one of the pre-conditions you specified did not hold."


class NotModifiedError(Exception):
    """A read whose ``...NotMatch`` does match: 304, without a body."""


def check(call: Call, current: Document | None, *, prefix: str = "if") -> None:
    """Refuses a call whose preconditions do not hold for ``current`` (None: there is nothing).

    ``prefix`` is ``ifSource`` for the source of a copy.

    Raises:
        ApiError: 412.
        NotModifiedError: a read asks for what has changed, and it has not.
    """
    generation = int(current["generation"]) if current else 0
    metageneration = int(current["metageneration"]) if current else 0
    for field, value in (("Generation", generation), ("Metageneration", metageneration)):
        wanted = _number(call, f"{prefix}{field}Match")
        if wanted is not None and wanted != value:
            raise precondition_failed(_FAILED)
        unwanted = _number(call, f"{prefix}{field}NotMatch")
        if unwanted is not None and unwanted == value:
            raise _changed_nothing(call)


def generation_of(call: Call, name: str = "generation") -> int | None:
    """The generation that a call names, or None."""
    return _number(call, name)


def _changed_nothing(call: Call) -> ApiError | NotModifiedError:
    if call.http_method in {"GET", "HEAD"}:
        return NotModifiedError()
    return precondition_failed(_FAILED)


def _number(call: Call, name: str) -> int | None:
    text = call.parameter(name)
    return int(text) if text else None
