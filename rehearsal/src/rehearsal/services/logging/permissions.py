"""Checks the permissions of calls that name their projects in the body, or in a log's name."""

import re

from rehearsal.api.admission import require_enabled
from rehearsal.api.call import Call
from rehearsal.errors import invalid_argument
from rehearsal.services.logging.definition import HOST, service

_NAME = re.compile(r"projects/([^/]+)(?:/.*)?")


def require(call: Call, permission: str, name: str) -> str:
    """Refuses who may not do this in the project of ``name``; gives ``projects/ID``.

    Raises:
        ApiError: 400: the name is in no project; 403.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise invalid_argument(f'Name "{name}" is missing the "projects/[PROJECT_ID]" prefix.')
    call.project = call.cloud.projects.id_of(found[1])
    require_enabled(service, call)
    call.require(permission, f"//{HOST}/projects/{call.project}")
    return f"projects/{call.project}"
