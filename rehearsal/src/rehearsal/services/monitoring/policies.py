"""Alert policies: created, read, changed, deleted."""

from rehearsal.api.call import Call
from rehearsal.api.masks import patch
from rehearsal.api.pages import page
from rehearsal.api.resources import Collection
from rehearsal.clock import rfc3339
from rehearsal.documents import Document
from rehearsal.services.monitoring import promtool
from rehearsal.services.monitoring.definition import POLICIES, V3, service
from rehearsal.services.monitoring.evaluation import forget
from rehearsal.services.monitoring.filters import invalid
from rehearsal.services.monitoring.incidents import close_incident, open_of
from rehearsal.services.monitoring.policy_rules import check
from rehearsal.services.monitoring.series import mark_changed

_FIRST_POLICY, _FIRST_CONDITION = 2 * 10**18, 3 * 10**18
_SETTABLE = (
    "displayName", "documentation", "userLabels", "conditions", "combiner", "enabled",
    "notificationChannels", "alertStrategy", "severity",
)  # fmt: skip

policies = Collection(
    POLICIES,
    missing=lambda name: f"Could not find resource with name '{name}'.",
    exists=lambda name: f"The resource '{name}' already exists.",
)


@service.method(*V3, "monitoring.projects.alertPolicies.create", source="recorded", outside=True)
def create(call: Call) -> Document:
    """Creates a policy; it is evaluated from now on."""
    _check_queries(call.body)
    with call.cloud.store.transaction():
        check(call, call.body)
        number = _FIRST_POLICY + call.cloud.store.next_number(POLICIES)
        name = f"{call.path['name']}/alertPolicies/{number}"
        policy: Document = {"enabled": True} | call.body
        policy |= {"name": name, "creationRecord": _record(call), "mutationRecord": _record(call)}
        _name_conditions(call, policy)
        mark_changed(call.cloud.store, call.now)
        return policies.create(call, name, policy)


@service.method(*V3, "monitoring.projects.alertPolicies.get", source="recorded")
def get(call: Call) -> Document:
    """A policy."""
    return policies.get(call, call.path["name"])


@service.method(*V3, "monitoring.projects.alertPolicies.list", source="unverified")
def list_policies(call: Call) -> Document:
    """The policies of a project."""
    found = policies.list(call, f"{call.path['name']}/alertPolicies/")
    return page(call, found, "alertPolicies") | {"totalSize": len(found)}


@service.method(*V3, "monitoring.projects.alertPolicies.patch", source="recorded", outside=True)
def update(call: Call) -> Document:
    """Changes what the mask names; without one, all."""
    _check_queries(call.body)
    with call.cloud.store.transaction():
        name = call.path["name"]
        current = policies.get(call, name)
        policy = patch(current, call.body, call.parameter("updateMask"), _SETTABLE)
        policy.setdefault("enabled", current["enabled"])
        check(call, policy)
        policy["mutationRecord"] = _record(call)
        _name_conditions(call, policy)
        forget(call.cloud, name)
        mark_changed(call.cloud.store, call.now)
        return policies.replace(call, name, policy)


@service.method(*V3, "monitoring.projects.alertPolicies.delete", source="recorded")
def delete(call: Call) -> Document:
    """Deletes a policy; its incidents are closed."""
    name = call.path["name"]
    policies.delete(call, name)
    forget(call.cloud, name)
    for incident in open_of(call.cloud.store, name):
        close_incident(call.cloud, None, incident, call.now, "the policy was deleted")
    return {}


def _record(call: Call) -> Document:
    return {"mutateTime": rfc3339(call.now), "mutatedBy": call.principal.email}


def _name_conditions(call: Call, policy: Document) -> None:
    """Gives a name to each condition that has none of this policy; their order stays."""
    prefix = f"{policy['name']}/conditions/"
    for condition in policy["conditions"]:
        if not condition.get("name", "").startswith(prefix):
            number = _FIRST_CONDITION + call.cloud.store.next_number("monitoring.conditions")
            condition["name"] = f"{prefix}{number}"


def _check_queries(policy: Document) -> None:
    """Refuses PromQL that Prometheus's engine can't read, if it is there to ask."""
    for index, condition in enumerate(policy.get("conditions", [])):
        query = condition.get("conditionPrometheusQueryLanguage", {}).get("query", "")
        wrong = promtool.check(query) if query.strip() else ""
        if wrong:
            place = f"alert_policy.conditions[{index}].condition_prometheus_query_language.query"
            raise invalid(place, query, wrong)
