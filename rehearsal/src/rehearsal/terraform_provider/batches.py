"""Makes one request of several that are wanted at the same moment, as the real provider does."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from rehearsal.terraform_provider.errors import ProviderError

_WINDOW_SECONDS = 0.1
"""The real provider waits for 3 s."""


@dataclass
class Batches[Item]:
    """By key; requests of one key are made one after another."""

    window_seconds: float = _WINDOW_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _waiting: dict[str, list[tuple[Item, Future[Any]]]] = field(default_factory=dict)
    _busy: dict[str, threading.Lock] = field(default_factory=dict)

    def run(self, key: str, item: Item, request: Callable[[list[Item]], Any]) -> Any:
        """What ``request`` gives for a batch with this item.

        A batch that is refused is tried again item by item, so that each learns its own error.
        """
        future: Future[Any] = Future()
        with self._lock:
            first = key not in self._waiting
            self._waiting.setdefault(key, []).append((item, future))
            busy = self._busy.setdefault(key, threading.Lock())
        if first:
            time.sleep(self.window_seconds)
            with busy:
                with self._lock:
                    batch = self._waiting.pop(key)
                _settle(batch, request)
        return future.result()

    def alone(self, key: str) -> threading.Lock:
        """The lock under which requests of a key are made."""
        with self._lock:
            return self._busy.setdefault(key, threading.Lock())


def _settle[Item](
    batch: list[tuple[Item, Future[Any]]], request: Callable[[list[Item]], Any]
) -> None:
    try:
        result = request([item for item, _ in batch])
    except ProviderError as error:
        if len(batch) > 1:
            for one in batch:
                _settle([one], request)
        else:
            batch[0][1].set_exception(error)
    except BaseException as error:
        for _, future in batch:
            future.set_exception(error)
        raise
    else:
        for _, future in batch:
            future.set_result(result)
