"""The service that the handlers of Cloud Run register with, and where their permissions count."""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.services.run.lifecycle.threads import install
from rehearsal.services.run.names import HOST, name_of, scope_of

service = Service(HOST, "Cloud Run Admin API", start=install)


@service.resource_of("run", "v1", "run.namespaces")
def resource_of(call: Call) -> str:
    """A v1 call names no region: it is in its host."""
    name = name_of(call) if "name" in call.path else scope_of(call).rstrip("/")
    return f"//{HOST}/{name}"
