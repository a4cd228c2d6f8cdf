"""The executions that run in this process: a thread each, that can be cancelled and awaited."""

import threading

from rehearsal.cloud import Cloud
from rehearsal.services.run.lifecycle.execution import run, tell_end
from rehearsal.services.run.lifecycle.progress import interrupted
from rehearsal.services.run.lifecycle.verdicts import failed
from rehearsal.services.run.names import EXECUTIONS
from rehearsal.services.run.readiness import Obstacle

_INTERRUPTED = failed("The execution was interrupted: the rehearsal was stopped while it ran.")


_running: dict[tuple[int, str], threading.Event] = {}
"""What cancels each: by its world's store, since names are unique in one world only, and name."""
_changed = threading.Condition()


def install(cloud: Cloud) -> None:
    """Makes time wait for what runs, and ends what a stopped process has left behind."""
    recover(cloud)

    def wait() -> None:
        wait_until_idle(cloud)

    cloud.timeline.settle.append(wait)


def start(cloud: Cloud, name: str, obstacle: Obstacle | None = None) -> None:
    """Runs an execution that is kept; returns at once."""
    key = (id(cloud.store), name)
    cancelled = threading.Event()

    def work() -> None:
        try:
            run(cloud, name, obstacle, cancelled)
        finally:
            with _changed:
                del _running[key]
                _changed.notify_all()

    with _changed:
        _running[key] = cancelled
    threading.Thread(target=work, name=name.rpartition("/")[2], daemon=True).start()


def cancel(cloud: Cloud, name: str) -> None:
    """Asks an execution to end, if it runs; returns at once."""
    with _changed:
        cancelled = _running.get((id(cloud.store), name))
    if cancelled is not None:
        cancelled.set()


def wait_until_idle(cloud: Cloud, timeout_seconds: float | None = None) -> bool:
    """Waits until no execution of this cloud runs; whether that came in time."""
    store = id(cloud.store)
    with _changed:
        return _changed.wait_for(lambda: all(one != store for one, _ in _running), timeout_seconds)


def recover(cloud: Cloud) -> None:
    """Marks as failed what is kept as running and has no thread."""
    with cloud.store.transaction():
        for name, execution in cloud.store.list(EXECUTIONS.kind):
            if not execution.get("completionTime") and (id(cloud.store), name) not in _running:
                tell_end(cloud, interrupted(cloud, name, _INTERRUPTED) or execution)
