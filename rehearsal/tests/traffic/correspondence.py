"""What the recorded server made up, and what ours made up instead: ids, etags, generations."""

import re
from collections.abc import Iterator
from typing import Any

from tests.traffic.world import NUMBER, PROJECT

_TOKEN = re.compile(r"[\w.-]+")
_NAMING = {"name", "id", "uid", "uniqueId", "generation", "Location", "jobId"}
"""The fields whose values later requests put into their addresses."""
_SENT_BACK = {"etag", "resourceVersion", "metageneration", "uid", "creationTimestamp", "uniqueId"}
"""The fields whose values later requests send back as they are."""
_SHORTEST_ID = 5
_ALPHABET = str.maketrans("-_", "+/")


class Correspondence:
    """Learns from pairs of answers; translates what the recorded tool sent next."""

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}
        self._values: dict[tuple[str, str], dict[str, str]] = {}

    def given(self, tokens: dict[str, str]) -> None:
        """Tells what is ours for made-up parts of the recording."""
        self._tokens.update(tokens)

    def learn(self, resource: str, recorded: Any, ours: Any) -> None:
        """Compares two answers about a resource, leaf by leaf."""
        for key, theirs, mine in _leaves("", recorded, ours):
            if key in _SENT_BACK:
                self._values.setdefault((resource, key), {})[_plain(theirs)] = mine
                self._values.setdefault(("", key), {})[_plain(theirs)] = mine
            if key in _NAMING:
                self._tokens.update(_differing(theirs, mine))

    def text(self, text: str) -> str:
        """A text, with ids replaced by ours."""
        return _TOKEN.sub(lambda found: self._tokens.get(found[0], found[0]), text)

    def body(self, resource: str, value: Any, key: str = "") -> Any:
        """A JSON value, with ids and what is sent back replaced by ours."""
        if isinstance(value, dict):
            return {name: self.body(resource, one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [self.body(resource, one, key) for one in value]
        if not isinstance(value, str):
            return value
        for place in (resource, ""):
            known = self._values.get((place, key), {})
            if _plain(value) in known:
                return known[_plain(value)]
        return self.text(value)


def _leaves(key: str, recorded: Any, ours: Any) -> Iterator[tuple[str, str, str]]:
    """The strings that are at the same place in both, with the name of their field."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name in recorded.keys() & ours.keys():
            yield from _leaves(name, recorded[name], ours[name])
    elif isinstance(recorded, list) and isinstance(ours, list):
        pairs = zip(recorded, ours, strict=True) if len(recorded) == len(ours) else ()
        for one, other in pairs:
            yield from _leaves(key, one, other)
    elif isinstance(recorded, str) and isinstance(ours, str):
        yield key, recorded, ours


def _differing(recorded: str, ours: str) -> Iterator[tuple[str, str]]:
    """The made-up parts of two names of the same form."""
    if _TOKEN.sub("", recorded) != _TOKEN.sub("", ours):
        return
    pairs = zip(_TOKEN.findall(recorded), _TOKEN.findall(ours), strict=True)
    yield from ((one, other) for one, other in pairs if one != other and _made_up(one))


def _made_up(token: str) -> bool:
    return len(token) >= _SHORTEST_ID and token not in {PROJECT, NUMBER}


def _plain(value: str) -> str:
    """gcloud sends bytes back in the alphabet for addresses, whatever it got."""
    return value.translate(_ALPHABET)
