"""The settings of The Dog API: its keys, its requests a minute."""

import msgspec

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.running.control import route
from rehearsal.services.thedogapi.settings import change


@route("dog-api")
def dog_api(cloud: Cloud, body: Document) -> Document:
    """Sets ``keys`` (null: all that begin with live_) and ``requests_per_minute``; shows both."""
    shown: Document = msgspec.to_builtins(change(cloud.store, body))
    return shown
