"""Tries again what lost against another transaction: of two that meet, one goes first."""

import logging
import random
from collections.abc import Callable
from typing import TypeVar

from dlt_ingestion.clock import Clock
from dlt_ingestion.errors import PublicationConflictError
from dlt_ingestion.events import emit

_TRIES = 3
T = TypeVar("T")


def again_after_conflicts(clock: Clock, work: Callable[[int], T]) -> T:
    """Does the work, up to three times; ``work`` gets the number of the try, from 1.

    Raises PublicationConflictError when every try lost; what else it raises comes through at once.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return work(attempt)
        except PublicationConflictError as error:
            if attempt == _TRIES:
                raise
            emit("publication_conflict", level=logging.WARNING, attempt=attempt, error=error)
            clock.sleep(random.uniform(0.5, 1.5) * attempt)  # noqa: S311
    raise AssertionError("unreachable")


def label_of(work: str, attempt: int) -> str:
    """A label of its own for each try: the same one would get the lost try's answer."""
    return work if attempt == 1 else f"{work}-{attempt}"
