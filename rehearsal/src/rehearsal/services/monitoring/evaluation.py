"""Evaluates alert policies as time passes, each only when something may have changed.

A point in a series, a change of a policy and a prediction of a change are such moments. What a
policy's conditions can't be evaluated for is kept with it, and shown with the incidents.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.clock import parse_rfc3339, rfc3339
from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.services.monitoring import descriptors, predictions
from rehearsal.services.monitoring.combination import combined
from rehearsal.services.monitoring.conditions import (
    Finding,
    Labels,
    State,
    Verdict,
    absence,
    threshold,
)
from rehearsal.services.monitoring.definition import POLICIES
from rehearsal.services.monitoring.filters import series_filter
from rehearsal.services.monitoring.incidents import (
    auto_close_of,
    close_incident,
    keep,
    open_incident,
    open_of,
    seen,
)
from rehearsal.services.monitoring.series import TimeSeries, changed, clear_changed

EVALUATIONS = "monitoring.evaluations"


def start(cloud: Cloud) -> None:
    """Makes the timeline evaluate policies."""
    cloud.timeline.register("monitoring", Evaluator(cloud).fire, lambda: _due(cloud))


def not_evaluated(cloud: Cloud) -> list[Document]:
    """Policies with a condition that can't be evaluated: ``policy``, ``displayName``, ``why``."""
    return [
        {"policy": name, "displayName": found["displayName"], "why": found["problem"]}
        for name, found in cloud.store.list(EVALUATIONS)
        if found["problem"]
    ]


def forget(cloud: Cloud, policy: str) -> None:
    """Drops what is known of a policy that was changed or deleted."""
    cloud.store.delete(EVALUATIONS, policy)
    predictions.forget(cloud.store, policy)


def _due(cloud: Cloud) -> datetime | None:
    moments = [
        parse_rfc3339(found["due"]) for _, found in cloud.store.list(EVALUATIONS) if found["due"]
    ]
    at = changed(cloud.store)
    return min(moments if at is None else [*moments, at], default=None)


@dataclass(frozen=True)
class Evaluator:
    """Evaluates the policies of a cloud."""

    cloud: Cloud

    def fire(self, at: datetime) -> None:
        """Evaluates all policies that may have changed by ``at``."""
        with self.cloud.store.transaction():
            moment = changed(self.cloud.store)
            everything = moment is not None and moment <= at
            if everything:
                clear_changed(self.cloud.store)
        for name, policy in self.cloud.store.list(POLICIES):
            found = self.cloud.store.get(EVALUATIONS, name)
            due = found and found["due"] and parse_rfc3339(found["due"]) <= at
            if everything or found is None or due:
                self._evaluate(policy, at)

    def _evaluate(self, policy: Document, at: datetime) -> None:
        # Conditions may wait for promtool: they are evaluated without the store's lock.
        enabled = policy.get("enabled", True)
        verdicts = (
            [self._verdict(policy, one, at) for one in policy["conditions"]] if enabled else []
        )
        with self.cloud.store.transaction():
            current = self.cloud.store.get(POLICIES, policy["name"])
            if current is None or current["mutationRecord"] != policy["mutationRecord"]:
                return
            if not enabled:
                self._close_all(policy, at, "the policy is disabled")
            elif "conditionMatchedLog" not in policy["conditions"][0]:
                self._update(policy, combined(policy, verdicts), at)
            self._close_unseen(policy, at)
            self._keep(policy, verdicts, at)

    def _verdict(self, policy: Document, condition: Document, at: datetime) -> Verdict:
        project = policy["name"].split("/")[1]
        created = parse_rfc3339(policy["mutationRecord"]["mutateTime"])
        series = TimeSeries(self.cloud.store, self.cloud.clock)
        if "conditionPrometheusQueryLanguage" in condition:
            return predictions.verdict(self.cloud, policy, condition, at)
        for kind, evaluate in (("conditionThreshold", threshold), ("conditionAbsent", absence)):
            if kind in condition:
                problem = self._problem(project, condition[kind])
                if problem:
                    return Verdict(problem=problem)
                return evaluate(series, project, condition[kind], created, at)
        return Verdict()

    def _problem(self, project: str, condition: Document) -> str:
        metric_type = series_filter(condition["filter"]).metric_type
        if descriptors.find(self.cloud.store, project, metric_type) is None:
            return f"the rehearsal does not measure {metric_type}"
        if len(condition.get("aggregations", [])) > 1:
            return "the rehearsal evaluates one aggregation, and this condition has two"
        return ""

    def _update(
        self, policy: Document, findings: list[tuple[Document, Labels, Finding]], at: datetime
    ) -> None:
        """Opens, keeps and closes incidents by what was found."""
        current = {
            (incident["condition"]["name"], tuple(incident["labels"].items())): incident
            for incident in open_of(self.cloud.store, policy["name"])
        }
        for condition, labels, finding in findings:
            incident = current.get((condition["name"], labels))
            if finding.state is State.VIOLATED:
                if incident is None:
                    summary = f"{condition.get('displayName', '')} {finding.summary}".strip()
                    open_incident(self.cloud, policy, condition, labels, at, summary)
                else:
                    incident["lastSeen"] = rfc3339(at)
                    keep(self.cloud.store, incident)
            elif incident is not None and finding.state in {State.CLEAR, State.PENDING}:
                close_incident(self.cloud, policy, incident, at, "the condition is no longer met")

    def _close_unseen(self, policy: Document, at: datetime) -> None:
        for incident in open_of(self.cloud.store, policy["name"]):
            if seen(incident) + auto_close_of(policy) <= at:
                close_incident(self.cloud, policy, incident, at, "autoClose without data")

    def _close_all(self, policy: Document, at: datetime, why: str) -> None:
        for incident in open_of(self.cloud.store, policy["name"]):
            close_incident(self.cloud, None, incident, at, why)

    def _keep(self, policy: Document, verdicts: list[Verdict], at: datetime) -> None:
        moments = [one.due for one in verdicts if one.due is not None]
        moments += [
            seen(incident) + auto_close_of(policy)
            for incident in open_of(self.cloud.store, policy["name"])
        ]
        # A moment that has passed is not looked at again: time only goes on.
        due = min((max(moment, at + timedelta(seconds=1)) for moment in moments), default=None)
        self.cloud.store.put(
            EVALUATIONS,
            policy["name"],
            {
                "displayName": policy.get("displayName", ""),
                "due": rfc3339(due) if due else "",
                "problem": "; ".join(one.problem for one in verdicts if one.problem),
            },
        )
