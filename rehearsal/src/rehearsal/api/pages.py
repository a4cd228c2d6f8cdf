"""Lists in pages: ``pageSize`` or ``maxResults``, ``pageToken`` and ``nextPageToken``."""

import base64
import binascii
from collections.abc import Sequence

from rehearsal.api.call import Call
from rehearsal.documents import Document
from rehearsal.errors import invalid_argument


def page(call: Call, items: Sequence[Document], key: str, default: int = 100) -> Document:
    """The page that the call asks for: ``{key: [...], "nextPageToken"?: ...}``; {} if empty.

    Raises:
        ApiError: 400: the size is negative, or the token is none that was given.
    """
    size = _size(call) or default
    first = _first(call.parameter("pageToken"))
    answer: Document = {}
    if items[first : first + size]:
        answer[key] = list(items[first : first + size])
    if len(items) > first + size:
        answer["nextPageToken"] = base64.urlsafe_b64encode(str(first + size).encode()).decode()
    return answer


def _size(call: Call) -> int:
    asked = int(call.parameter("pageSize") or call.parameter("maxResults") or 0)
    if asked < 0:
        raise invalid_argument("The page size must not be negative.")
    return asked


def _first(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError) as error:
        raise invalid_argument("Invalid page token.") from error
