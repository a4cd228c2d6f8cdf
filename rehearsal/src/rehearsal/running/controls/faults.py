"""Faults on purpose: added, listed, cleared."""

import msgspec

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.faults import Fault
from rehearsal.running.control import route


@route("faults/add")
def add(cloud: Cloud, body: Document) -> Document:
    """Adds a fault."""
    try:
        fault = msgspec.convert(body, Fault)
    except msgspec.ValidationError as error:
        raise RehearsalError(f"this is no fault: {error}") from error
    return {"fault": msgspec.to_builtins(cloud.faults.add(fault))}


@route("faults")
def faults(cloud: Cloud, _: Document) -> Document:
    """All faults, with how often each was met."""
    return {"faults": cloud.faults.list()}


@route("faults/clear")
def clear(cloud: Cloud, _: Document) -> Document:
    """Forgets all faults."""
    return {"cleared": cloud.faults.clear()}
