"""Writes Cloud Audit Logs entries: who changed what, and who was refused.

Admin activity is always logged, reads are not, as in a project with Google's defaults.
https://cloud.google.com/logging/docs/audit
"""

from rehearsal.api.call import Call
from rehearsal.api.service import Service
from rehearsal.clock import rfc3339
from rehearsal.discovery.description import Method
from rehearsal.documents import Document
from rehearsal.errors import ApiError

_READING_VERBS = (
    ":getIamPolicy", ":testIamPermissions", "entries:list", ":access", ":generateAccessToken",
    "/token", "entries:write",
)  # fmt: skip


def audit(service: Service, call: Call, method: Method, error: ApiError | None) -> None:
    """Writes the entry of a call that changes something, or of one that was refused."""
    refused = error is not None and error.status == "PERMISSION_DENIED"
    if not call.project or not (refused or _changes(call)):
        return
    payload: Document = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": service.host,
        "methodName": method.id,
        "resourceName": service.resource(call, method).split("/", 3)[-1],
        "authenticationInfo": {"principalEmail": call.principal.email},
        "authorizationInfo": [
            {
                "resource": one.resource.split("/", 3)[-1],
                "permission": one.permission,
                "granted": one.granted,
            }
            for one in call.verdicts
        ],
        "requestMetadata": {"callerSuppliedUserAgent": call.headers.get("user-agent", "")},
        "status": error.as_status() if error else {},
    }
    with call.cloud.store.transaction():
        call.cloud.journal.write(
            {
                "logName": f"projects/{call.project}/logs/cloudaudit.googleapis.com%2Factivity",
                "resource": {
                    "type": "audited_resource",
                    "labels": {
                        "project_id": call.project,
                        "service": service.host,
                        "method": method.id,
                    },
                },
                "severity": "ERROR" if error else "NOTICE",
                "timestamp": rfc3339(call.now),
                "protoPayload": payload,
            }
        )


def _changes(call: Call) -> bool:
    if call.method is not None and call.method.id.startswith("storage.objects."):
        return False  # data, not administration
    return call.http_method not in {"GET", "HEAD"} and not call.url_path.endswith(_READING_VERBS)
