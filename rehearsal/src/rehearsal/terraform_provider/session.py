"""A configured provider: its settings, its connection, and what its resources share."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from rehearsal.terraform_provider.batches import Batches
from rehearsal.terraform_provider.errors import ProviderError
from rehearsal.terraform_provider.rest import Rest
from rehearsal.terraform_provider.values import Object

ATTRIBUTION = "goog-terraform-provisioned"
_PLACE = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True)
class Settings:
    """The provider block, completed by the environment."""

    project: str | None = None
    region: str | None = None
    zone: str | None = None
    default_labels: Mapping[str, str] = field(default_factory=dict)
    attribution: bool = True
    proactive: bool = False
    """The attribution is also added to resources that are there already."""
    deletion_policy: str | None = None
    access_token: str | None = None
    credentials: str | None = None


_VARIABLES = {
    "project": (
        "GOOGLE_PROJECT",
        "GOOGLE_CLOUD_PROJECT",
        "GCLOUD_PROJECT",
        "CLOUDSDK_CORE_PROJECT",
    ),
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}


def settings_of(block: Object, environment: Mapping[str, str]) -> Settings:
    """The settings of a provider block; values that are not known yet count as not given."""

    def given(name: str) -> Any:
        value = block.get(name)
        if isinstance(value, str | bool | dict):
            return value
        return next((environment[one] for one in _VARIABLES.get(name, ()) if environment.get(one)),
                    None)  # fmt: skip

    attribution = given("add_terraform_attribution_label")
    return Settings(
        project=given("project"),
        region=given("region"),
        zone=given("zone"),
        default_labels=given("default_labels") or {},
        attribution=attribution is not False,
        proactive=given("terraform_attribution_label_addition_strategy") == "PROACTIVE",
        deletion_policy=given("deletion_policy"),
        access_token=given("access_token"),
        credentials=given("credentials"),
    )


@dataclass
class Session:
    """What a resource needs for its requests."""

    settings: Settings
    rest: Rest
    services: Batches[str] = field(default_factory=Batches)
    policies: Batches[Any] = field(default_factory=Batches)

    def expand(self, template: str, state: Object) -> str:
        """An address: ``{name}`` is an attribute, ``{secret:path}`` one that has slashes.

        Raises:
            ProviderError: neither the resource nor the provider says the project or region.
        """
        return _PLACE.sub(lambda found: self._part(found[1], state, path=bool(found[2])), template)

    def _part(self, name: str, state: Object, *, path: bool) -> str:
        value = state.get(name)
        if value is None:
            value = self.default(name)
        if not isinstance(value, str):
            raise ProviderError(
                f"{name}: required field is not set: write it in the resource or in the provider"
            )
        return quote(value, safe="/@:" if path else "@:")

    def default(self, name: str) -> str | None:
        """What the provider says in place of a resource."""
        places = {"project": self.settings.project, "region": self.settings.region}
        return (places | {"location": self.settings.region}).get(name)


def canonical_json(text: Any) -> Any:
    """JSON in a text, as a value; what is none stays."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
