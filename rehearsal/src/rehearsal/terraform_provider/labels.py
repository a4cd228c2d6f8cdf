"""Labels and annotations: what is configured, what Terraform adds, and all that a resource has."""

from collections.abc import Mapping

from rehearsal.terraform_provider.session import ATTRIBUTION, Settings
from rehearsal.terraform_provider.values import UNKNOWN, Object, has_unknown


def plan_labels(values: Object, prior: Object | None, settings: Settings) -> None:
    """Completes a plan: ``terraform_labels`` and ``effective_labels`` follow from ``labels``."""
    configured = values.get("labels")
    if has_unknown(configured):
        values["terraform_labels"] = values["effective_labels"] = UNKNOWN
        return
    effective = dict((prior or {}).get("effective_labels") or {})
    ours = dict(settings.default_labels)
    if settings.attribution and (prior is None or settings.proactive or ATTRIBUTION in effective):
        ours[ATTRIBUTION] = "true"
    ours |= configured or {}
    values["terraform_labels"] = ours
    values["effective_labels"] = _effective(effective, (prior or {}).get("terraform_labels"), ours)


def plan_annotations(values: Object, prior: Object | None) -> None:
    """Completes a plan: ``effective_annotations`` follow from ``annotations``."""
    configured = values.get("annotations")
    if has_unknown(configured):
        values["effective_annotations"] = UNKNOWN
        return
    before = prior or {}
    effective = dict(before.get("effective_annotations") or {})
    values["effective_annotations"] = _effective(
        effective, before.get("annotations"), configured or {}
    )


def _effective(
    effective: Mapping[str, str], earlier: Mapping[str, str] | None, ours: Mapping[str, str]
) -> dict[str, str]:
    """All: those of others stay, ours are what they are now."""
    kept = {key: value for key, value in effective.items() if key not in (earlier or {})}
    return kept | dict(ours)


def read_labels(values: Object, prior: Object, kind: str = "labels") -> None:
    """After a read: of all that a resource has, those that are ours."""
    effective = values.get(f"effective_{kind}") or {}
    values[f"effective_{kind}"] = effective
    for name in (kind, f"terraform_{kind}"):
        if name in values:
            ours = prior.get(name)
            values[name] = _ours(effective, ours) if isinstance(ours, dict) else None


def _ours(effective: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    return {key: effective[key] for key in ours if key in effective}
