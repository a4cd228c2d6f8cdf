"""A tool changes the policy that it has read: what only ours has must be in what it sends back."""

from typing import Any

from rehearsal.documents import Document


class Policies:
    """Remembers, by resource, the bindings that only our policies have."""

    def __init__(self) -> None:
        self._only_ours: dict[str, list[Document]] = {}

    def read(self, resource: str, recorded: Any, ours: Any) -> None:
        """Notes a pair of answers of getIamPolicy."""
        known = {one["role"] for one in recorded.get("bindings", [])}
        self._only_ours[resource] = [
            one for one in ours.get("bindings", []) if one["role"] not in known
        ]

    def completed(self, resource: str, request: Document) -> Document:
        """A request of setIamPolicy, as the tool would have sent it after our answer."""
        if "policy" in request:
            return request | {"policy": self._with_ours(resource, request["policy"])}
        return self._with_ours(resource, request)  # a bucket's request is the policy itself

    def _with_ours(self, resource: str, policy: Document) -> Document:
        only_ours = self._only_ours.get(resource, [])
        return policy | {"bindings": [*policy.get("bindings", []), *only_ours]}
