"""Asks the running server's controls, for the command line."""

import http.client

from rehearsal.documents import Document, decode, encode
from rehearsal.errors import RehearsalError
from rehearsal.running.state import CONTROL_HOST, State

_TIMEOUT_SECONDS = 600.0
"""A clock that moves a month fires a lot."""


def ask(state: State, path: str, body: Document | None = None) -> Document:
    """What the control at ``path`` answers.

    Raises:
        RehearsalError: it says no, or no server answers.
    """
    port = state.settings().ports.get("server", 0)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", f"/{path}", encode(body or {}), {"Host": CONTROL_HOST})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise RehearsalError(
            f"no rehearsal answers in {state.folder} ({error}): rehearsal up"
        ) from error
    finally:
        connection.close()
    if answer.status == 200:
        return decode(content)
    raise RehearsalError(_reason(path, answer.status, content))


def _reason(path: str, status: int, content: bytes) -> str:
    if content.startswith(b"{"):
        return str(decode(content)["error"])
    return f"the server answered {path} with {status}: see rehearsal logs server"
