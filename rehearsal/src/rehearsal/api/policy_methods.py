"""The three IAM methods that every resource with a policy has."""

from collections.abc import Callable

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.discovery.description import Method, description
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument


def register(
    service: Service,
    api: str,
    version: str,
    prefix: str,
    exists: Callable[[Call, str], object],
    *,
    source: str = "recorded",
) -> None:
    """Registers getIamPolicy, setIamPolicy and testIamPermissions below ``prefix``, if there.

    ``exists`` is given the resource's name and raises ApiError 404 where there is none.
    """
    known = {method.id: method for method in description(api, version).methods}

    def resource(call: Call, method: Method) -> str:
        exists(call, call.path.get("resource") or call.path.get("name") or "")
        return service.resource(call, method)

    def get_policy(call: Call) -> Document:
        return call.cloud.access.policy(resource(call, known[f"{prefix}.getIamPolicy"]))

    def set_policy(call: Call) -> Document:
        if "policy" not in call.body:
            raise invalid_argument("The policy is missing.", ("policy", "The field is required."))
        name = resource(call, known[f"{prefix}.setIamPolicy"])
        return call.cloud.access.set_policy(name, call.body["policy"])

    def test_permissions(call: Call) -> Document:
        name = resource(call, known[f"{prefix}.testIamPermissions"])
        asked = call.body.get("permissions", [])
        held = [one for one in asked if call.cloud.access.allows(call.principal, one, name)]
        return {"permissions": held} if held else {}

    for verb, handler, unchecked in (
        ("getIamPolicy", get_policy, ""),
        ("setIamPolicy", set_policy, ""),
        ("testIamPermissions", test_permissions, "everybody may ask what they may do"),
    ):
        if f"{prefix}.{verb}" in known:
            service.method(api, version, f"{prefix}.{verb}", source=source, unchecked=unchecked)(
                handler
            )
