"""The errors that an API answers with, in Google's envelope, and those of the rehearsal itself.

RehearsalError            what a person who runs the rehearsal can mend
ApiError                  an answer of an API: a code, a status word, a message
├─ 400  invalid_argument, failed_precondition
├─ 401  unauthenticated
├─ 403  permission_denied, service_disabled
├─ 404  not_found, not_here (Google has it, the rehearsal has not)
├─ 409  already_exists, aborted
├─ 412  precondition_failed
├─ 429  resource_exhausted
└─ 503  unavailable

https://cloud.google.com/apis/design/errors
"""

from rehearsal.documents import Document

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class RehearsalError(Exception):
    """Something that a person can mend; the message says what, on which value, and how."""


class ApiError(Exception):
    """An answer of an API that says no.

    ``reason`` is the word that BigQuery and Storage put into ``errors[0].reason``.
    """

    def __init__(
        self,
        code: int,
        status: str,
        message: str,
        *,
        reason: str,
        details: list[Document] | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.status, self.message = code, status, message
        self.reason, self.details = reason, details or []

    def envelope(self, *, with_errors: bool = False) -> Document:
        """The answer's body; ``with_errors`` adds the older list that BigQuery and Storage have."""
        error: Document = {"code": self.code, "message": self.message, "status": self.status}
        if with_errors:
            error["errors"] = [{"message": self.message, "domain": "global", "reason": self.reason}]
        if self.details:
            error["details"] = self.details
        return {"error": error}

    def as_status(self) -> Document:
        """As ``google.rpc.Status``, which operations and executions carry."""
        return {"code": _RPC_CODES[self.status], "message": self.message}


_RPC_CODES = {
    "INVALID_ARGUMENT": 3,
    "NOT_FOUND": 5,
    "ALREADY_EXISTS": 6,
    "PERMISSION_DENIED": 7,
    "RESOURCE_EXHAUSTED": 8,
    "FAILED_PRECONDITION": 9,
    "ABORTED": 10,
    "UNIMPLEMENTED": 12,
    "INTERNAL": 13,
    "UNAVAILABLE": 14,
    "UNAUTHENTICATED": 16,
}
"""https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""


def invalid_argument(
    message: str, *violations: tuple[str, str], reason: str = "invalid"
) -> ApiError:
    """400. ``violations``: (field, what is wrong with it)."""
    details: list[Document] = []
    if violations:
        details.append(
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    {"field": field, "description": description}
                    for field, description in violations
                ],
            }
        )
    return ApiError(400, "INVALID_ARGUMENT", message, reason=reason, details=details)


def failed_precondition(message: str, *, reason: str = "failedPrecondition") -> ApiError:
    """400: right in itself, wrong in this state."""
    return ApiError(400, "FAILED_PRECONDITION", message, reason=reason)


def unauthenticated(message: str, *, reason: str = "authError") -> ApiError:
    """401: nobody known has called."""
    return ApiError(401, "UNAUTHENTICATED", message, reason=reason)


def permission_denied(
    message: str,
    *,
    permission: str | None = None,
    resource: str | None = None,
    reason: str = "accessDenied",
) -> ApiError:
    """403, with the permission and the resource in its details where they are known."""
    details: list[Document] = []
    if permission is not None:
        metadata = {"permission": permission} | ({"resource": resource} if resource else {})
        details.append(
            {
                "@type": _ERROR_INFO,
                "reason": "IAM_PERMISSION_DENIED",
                "domain": "iam.googleapis.com",
                "metadata": metadata,
            }
        )
    return ApiError(403, "PERMISSION_DENIED", message, reason=reason, details=details)


def service_disabled(service: str, title: str, project_number: str) -> ApiError:
    """403: the project has not enabled the API."""
    address = f"https://console.developers.google.com/apis/api/{service}/overview"
    message = (
        f"{title.removesuffix(' API')} API has not been used in project {project_number} before"
        f" or it is disabled. Enable it by visiting {address}?project={project_number} then"
        " retry. If you enabled this API recently, wait a few minutes for the action to propagate"
        " to our systems and retry."
    )
    details = [
        {
            "@type": _ERROR_INFO,
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": service, "consumer": f"projects/{project_number}"},
        }
    ]
    return ApiError(
        403, "PERMISSION_DENIED", message, reason="accessNotConfigured", details=details
    )


def not_found(message: str, *, reason: str = "notFound") -> ApiError:
    """404."""
    return ApiError(404, "NOT_FOUND", message, reason=reason)


def not_here(message: str) -> ApiError:
    """What Google has and the rehearsal has not. A 4xx: gcloud and bq repeat every 5xx for long."""
    return ApiError(404, "UNIMPLEMENTED", message, reason="notImplemented")


def already_exists(message: str, *, reason: str = "duplicate") -> ApiError:
    """409: create what is there already."""
    return ApiError(409, "ALREADY_EXISTS", message, reason=reason)


def aborted(message: str, *, reason: str = "conflict") -> ApiError:
    """409: somebody else was first (an etag that is no longer the newest)."""
    return ApiError(409, "ABORTED", message, reason=reason)


def precondition_failed(message: str, *, reason: str = "conditionNotMet") -> ApiError:
    """412."""
    return ApiError(412, "FAILED_PRECONDITION", message, reason=reason)


def resource_exhausted(message: str, *, reason: str = "rateLimitExceeded") -> ApiError:
    """429."""
    return ApiError(429, "RESOURCE_EXHAUSTED", message, reason=reason)


def unavailable(message: str, *, reason: str = "backendError") -> ApiError:
    """503."""
    return ApiError(503, "UNAVAILABLE", message, reason=reason)
