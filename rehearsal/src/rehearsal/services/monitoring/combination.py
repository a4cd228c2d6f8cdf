"""What the conditions of a policy say together: its combiner and their triggers.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#ConditionCombinerType
"""

from rehearsal.documents import Document
from rehearsal.services.monitoring.conditions import Finding, Labels, State, Verdict

_NOT_SEEN = Finding(State.NO_DATA)
_HUNDRED = 100


def combined(policy: Document, verdicts: list[Verdict]) -> list[tuple[Document, Labels, Finding]]:
    """What the policy says: each condition for itself (OR), or all of them as one (AND)."""
    conditions = policy["conditions"]
    if policy.get("combiner", "OR") == "OR" or len(conditions) == 1:
        return [
            (condition, labels, finding)
            for condition, verdict in zip(conditions, verdicts, strict=True)
            for labels, finding in _triggered(condition, verdict).items()
        ]
    places = [_by_resource(policy, verdict) for verdict in verdicts]
    everywhere = {labels for place in places for labels in place}
    return [
        (conditions[0], labels, _all_of([place.get(labels, _NOT_SEEN) for place in places]))
        for labels in sorted(everywhere)
    ]


def _triggered(condition: Document, verdict: Verdict) -> dict[Labels, Finding]:
    """The findings, if as many series violate the condition as its trigger asks for."""
    kind = condition.get("conditionThreshold") or condition.get("conditionAbsent") or {}
    trigger = kind.get("trigger", {})
    violated = sum(one.state is State.VIOLATED for one in verdict.findings.values())
    needed = trigger.get("count", 1)
    if "percent" in trigger:
        needed = max(1, len(verdict.findings) * trigger["percent"] / _HUNDRED)
    if violated >= needed:
        return verdict.findings
    return {
        labels: Finding(State.CLEAR) if finding.state is State.VIOLATED else finding
        for labels, finding in verdict.findings.items()
    }


def _by_resource(policy: Document, verdict: Verdict) -> dict[Labels, Finding]:
    """The worst finding of each resource, or (combiner AND) of all."""
    matching = policy["combiner"] == "AND_WITH_MATCHING_RESOURCE"
    found: dict[Labels, Finding] = {}
    for labels, finding in verdict.findings.items():
        place = tuple(pair for pair in labels if matching and pair[0].startswith("resource."))
        if place not in found or finding.state is State.VIOLATED:
            found[place] = finding
    return found


def _all_of(findings: list[Finding]) -> Finding:
    states = {finding.state for finding in findings}
    if states == {State.VIOLATED}:
        return findings[0]
    return Finding(State.CLEAR if State.CLEAR in states else State.NO_DATA)
