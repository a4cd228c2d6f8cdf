"""Fires jobs at their moments: begins runs, attempts them, and plans what is to be tried again."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from rehearsal.api.durations import duration
from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.services.scheduler import outcomes, retries, runs
from rehearsal.services.scheduler.credentials import authorization
from rehearsal.services.scheduler.cron import next_moment
from rehearsal.services.scheduler.delivery import Deliver, Delivery, Reply, through_gateway
from rehearsal.services.scheduler.runs import JOBS, Run
from rehearsal.services.scheduler.validation import body_of

type Duplicates = Callable[[Document], int]
"""How many times too many a job fires at a moment: at-least-once, made visible."""

KIND = "scheduler.attempts"
FIRE = "cloudscheduler.fire"
"""The method by which a fault is named that makes a job fire twice: its answer is dropped after."""

_logger = logging.getLogger(__name__)


def faults_of(cloud: Cloud) -> Duplicates:
    """Fires once more where a fault drops the answer of ``FIRE`` after it took effect."""

    def duplicates(job: Document) -> int:
        caller = f"serviceAccount:{runs.account_of(job)}"
        hit = cloud.faults.meet(FIRE, caller, "cloudscheduler.googleapis.com")
        return int(hit is not None and hit.drop == "after")

    return duplicates


def install(
    cloud: Cloud, deliver: Deliver | None = None, duplicates: Duplicates | None = None
) -> "Attempts":
    """Puts the jobs of a cloud on its timeline, in place of an earlier installation.

    Moments that passed while the rehearsal was down are left out: nobody fires them later.
    """
    attempts = Attempts(
        cloud, deliver or through_gateway(cloud.addresses), duplicates or faults_of(cloud)
    )
    attempts.leave_out_missed()
    cloud.timeline.register(KIND, attempts.fire, attempts.due)
    return attempts


class Attempts:
    """All jobs and runs of a cloud, as the timeline sees them."""

    def __init__(self, cloud: Cloud, deliver: Deliver, duplicates: Duplicates) -> None:
        self._cloud, self._deliver, self._duplicates = cloud, deliver, duplicates

    def due(self) -> datetime | None:
        """The earliest moment of an enabled job or of an attempt that waits."""
        moments = [moment for _, moment in self._scheduled()]
        moments += [run.due for run in runs.waiting(self._cloud.store)]
        return min(moments, default=None)

    def fire(self, at: datetime) -> None:
        """Begins the runs whose moment has come, and makes the attempts that are due."""
        # Faults have a lock of their own: they are asked before the store's is taken.
        copies = {
            job["name"]: 1 + self._duplicates(job)
            for job, moment in self._scheduled()
            if moment <= at
        }
        with self._cloud.store.transaction():
            for job, moment in self._scheduled():
                if moment <= at and job["name"] in copies:
                    self._begin(job, moment, copies[job["name"]])
        for run in runs.waiting(self._cloud.store):
            if run.due <= at:
                self._attempt(run)

    def leave_out_missed(self) -> None:
        """Moves each job's moment to the first that is not past."""
        now = self._cloud.clock.now()
        with self._cloud.store.transaction():
            for job, moment in self._scheduled():
                if moment < now:
                    self._move_on(job, now)

    def _scheduled(self) -> list[tuple[Document, datetime]]:
        return [
            (job, parse_rfc3339(job["scheduleTime"]))
            for _, job in self._cloud.store.list(JOBS)
            if job["state"] == "ENABLED"
        ]

    def _begin(self, job: Document, moment: datetime, copies: int) -> None:
        """A job's next moment ends what is still tried from the one before."""
        runs.drop_retries(self._cloud.store, job["name"])
        for number in range(copies):
            runs.begin(self._cloud.store, job["name"], f"{rfc3339(moment)}-{number}", moment)
        self._move_on(job, moment)

    def _move_on(self, job: Document, after: datetime) -> None:
        moment = next_moment(job["schedule"], job["timeZone"], after)
        self._cloud.store.put(JOBS, job["name"], job | {"scheduleTime": rfc3339(moment)})

    def _attempt(self, run: Run) -> None:
        """One attempt of a run. The store is free while the call is under way."""
        cloud = self._cloud
        began = cloud.clock.now()
        with cloud.store.transaction():
            job = cloud.store.get(JOBS, run.job)
            if job is None:
                runs.end(cloud.store, run)
                return
            delivery = self._delivery(job, run)
            cloud.journal.write(outcomes.started(job, run.scheduled, began))
        reply = Reply(401) if delivery is None else self._deliver(delivery)
        outcome = outcomes.outcome_of(reply)
        with cloud.store.transaction():
            now = cloud.clock.now()
            cloud.journal.write(outcomes.finished(job, outcome, now))
            self._record(run.job, began, outcome)
            self._plan(job, replace(run, first_attempt=run.first_attempt or began), outcome, now)

    def _delivery(self, job: Document, run: Run) -> Delivery | None:
        """The call to make; None where its account gives no token."""
        target = job["httpTarget"]
        try:
            headers = target["headers"] | authorization(self._cloud, job)
        except ApiError as error:
            _logger.warning("scheduler.no_token: %s: %s", job["name"], error.message)
            return None
        headers |= {
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": job["name"].rpartition("/")[2],
            "X-CloudScheduler-ScheduleTime": rfc3339(run.scheduled),
        }
        return Delivery(
            http_method=target["httpMethod"],
            uri=target["uri"],
            headers=headers,
            body=body_of(target),
            deadline_seconds=duration(job["attemptDeadline"], "attempt_deadline").total_seconds(),
        )

    def _record(self, name: str, began: datetime, outcome: outcomes.Outcome) -> None:
        job = self._cloud.store.get(JOBS, name)
        if job is not None:
            last = {"lastAttemptTime": rfc3339(began), "status": outcome.status()}
            self._cloud.store.put(JOBS, name, job | last)

    def _plan(self, job: Document, run: Run, outcome: outcomes.Outcome, now: datetime) -> None:
        """Ends the run, or plans its next attempt."""
        failures = run.failures + 1
        config, first = job["retryConfig"], run.first_attempt or now
        if outcome.succeeded or not retries.may_retry(config, failures, first, now):
            runs.end(self._cloud.store, run)
            return
        due = now + retries.pause(config, failures)
        runs.keep(self._cloud.store, replace(run, failures=failures, due=due))
