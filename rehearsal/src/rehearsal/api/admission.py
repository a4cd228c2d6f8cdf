"""What a call must pass before its handler runs: a known caller, an enabled API, a permission."""

from collections.abc import Mapping

from rehearsal.api.call import Call
from rehearsal.api.service import Served, Service
from rehearsal.cloud import Cloud
from rehearsal.discovery.description import Method
from rehearsal.errors import RehearsalError, permission_denied, service_disabled, unauthenticated
from rehearsal.iam.permissions import permissions_of
from rehearsal.identity.principal import ANONYMOUS, Principal

_NO_CREDENTIAL = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login"
    " cookie or other valid authentication credential. See"
    " https://developers.google.com/identity/sign-in/web/devconsole-project."
)
_BAD_CREDENTIAL = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie"
    " or other valid authentication credential. See"
    " https://developers.google.com/identity/sign-in/web/devconsole-project."
)


def authenticate(cloud: Cloud, headers: Mapping[str, str]) -> Principal:
    """Whose token the request bears; ANONYMOUS without one.

    Raises:
        ApiError: 401: the token is unknown or has expired.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return ANONYMOUS
    principal = cloud.tokens.principal_of(token.strip())
    if principal is None:
        raise unauthenticated(_BAD_CREDENTIAL)
    return principal


def admit(service: Service, served: Served, method: Method, call: Call) -> None:
    """Lets a call pass.

    Raises:
        ApiError: 401, or 403: the project has not enabled the API, or a permission is missing.
    """
    require_enabled(service, call)
    if served.unchecked:
        return
    resource = service.resource(call, method)
    for permission in required(method, served):
        call.require(permission, resource)
    if call.principal == ANONYMOUS and not call.verdicts:
        raise unauthenticated(_NO_CREDENTIAL)


def require_caller(call: Call) -> None:
    """Refuses who has no token at all.

    Raises:
        ApiError: 401.
    """
    if call.principal == ANONYMOUS:
        raise unauthenticated(_NO_CREDENTIAL)


def require_enabled(service: Service, call: Call) -> None:
    """Refuses a call to an API that the project has not enabled.

    Raises:
        ApiError: 403: SERVICE_DISABLED, or no such project.
    """
    from rehearsal.services.serviceusage import enabled

    if not service.enablement or not call.project:
        return
    if call.cloud.projects.get(call.project) is None:
        raise permission_denied(
            f"Permission denied on resource project {call.project}.", reason="forbidden"
        )
    if not enabled(call.cloud, call.project, service.host):
        raise service_disabled(service.host, service.title, call.project_number)


def required(method: Method, served: Served) -> tuple[str, ...]:
    """The permissions that a method needs on its resource.

    Raises:
        RehearsalError: none is known, and the handler does not say that it checks by itself.
    """
    if served.unchecked:
        return ()
    permissions = permissions_of(*method.key)
    if permissions is None:
        raise RehearsalError(f"no permission is known for {method.id}: iam/methods.json lacks it")
    return permissions
