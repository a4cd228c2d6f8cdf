"""What an operator can set of The Dog API: the keys that it takes, and its plan."""

import msgspec

from rehearsal.documents import Document
from rehearsal.errors import RehearsalError
from rehearsal.store import Store

_KIND, _NAME = "thedogapi.settings", "settings"
LIVE = "live_"
"""What the keys of The Dog API begin with."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``keys``: those that are taken; None: all that begin as live keys do.

    ``requests_per_minute`` is 10 in the free plan. ``breeds``: how many of the sample's there are,
    so that a list can shrink and change; None: all.
    """

    keys: tuple[str, ...] | None = None
    requests_per_minute: int = 10
    breeds: int | None = None

    def takes(self, key: str) -> bool:
        """Whether a key is taken."""
        return key.startswith(LIVE) if self.keys is None else key in self.keys


def settings(store: Store) -> Settings:
    """The settings that hold now."""
    return msgspec.convert(store.get(_KIND, _NAME) or {}, Settings)


def change(store: Store, changes: Document) -> Settings:
    """Sets what ``changes`` names; the rest stays.

    Raises:
        RehearsalError: there is no such setting, or it can't have this value.
    """
    with store.transaction():
        try:
            changed = msgspec.convert((store.get(_KIND, _NAME) or {}) | changes, Settings)
        except msgspec.ValidationError as error:
            raise RehearsalError(f"The Dog API can't be set so: {error}") from error
        if changed.requests_per_minute < 1:
            raise RehearsalError(
                f"requests_per_minute is at least 1, not {changed.requests_per_minute}"
            )
        if changed.breeds is not None and changed.breeds < 0:
            raise RehearsalError(f"breeds is at least 0, not {changed.breeds}")
        store.put(_KIND, _NAME, msgspec.to_builtins(changed))
    return changed
