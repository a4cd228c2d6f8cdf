"""Work that is done several times, some at a time, in threads that no process waits for."""

import threading
from collections.abc import Callable


def in_parallel[T](work: Callable[[int], T], count: int, at_once: int, name: str) -> list[T]:
    """What ``work`` gives for 0 .. count-1, in that order; blocks until all is done.

    The threads are daemons, unlike an executor's: a server that ends must not wait for containers.

    Raises:
        RuntimeError: ``work`` raised somewhere; its thread has reported what.
    """
    waiting, lock = iter(range(count)), threading.Lock()
    results: dict[int, T] = {}

    def worker() -> None:
        while True:
            with lock:
                index = next(waiting, None)
            if index is None:
                return
            results[index] = work(index)

    threads = [
        threading.Thread(target=worker, name=f"{name}-{number}", daemon=True)
        for number in range(min(at_once, count))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(results) < count:
        raise RuntimeError(f"{name}: {count - len(results)} of {count} tasks have no result")
    return [results[index] for index in range(count)]
