"""What the provider can't do, in the words in which the real one says it.

ProviderError             the text that Terraform prints
├─ ApiError               an API has answered no; ``code`` is the HTTP status
└─ OperationError         a long-running operation has failed
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rehearsal.documents import Document


class ProviderError(Exception):
    """The message is Terraform's error.

    ``state`` is what was made before it went wrong; Terraform remembers that as tainted.
    """

    state: dict[str, Any] | None = None
    code: int = 0
    """The HTTP status that is behind it, if one is."""


class ApiError(ProviderError):
    """An answer that says no, printed as Google's Go library prints it.

    https://pkg.go.dev/google.golang.org/api/googleapi#Error
    """

    def __init__(self, code: int, body: Any) -> None:
        self.code = code
        error: Document = body["error"] if isinstance(body, dict) and "error" in body else {}
        super().__init__(_as_go_prints(code, error, body))


class OperationError(ProviderError):
    """A long-running operation that has ended with an error."""

    def __init__(self, error: Document) -> None:
        super().__init__(f"Error code {error.get('code', 0)}, message: {error.get('message', '')}")


def _as_go_prints(code: int, error: Document, body: Any) -> str:
    reasons, message = error.get("errors", []), error.get("message", "")
    if not message and not reasons:
        return f"googleapi: got HTTP response code {code} with body: {body}"
    text = f"googleapi: Error {code}: {message}"
    if error.get("details"):
        text += f"\nDetails:\n{json.dumps(error['details'], indent=2)}\n"
    if not reasons:
        return text
    if len(reasons) == 1 and reasons[0].get("message") == message:
        return f"{text}, {reasons[0].get('reason', '')}"
    more = (f"Reason: {one.get('reason')}, Message: {one.get('message')}\n" for one in reasons)
    return f"{text}\nMore details:\n{''.join(more)}"


@contextmanager
def saying(what: str, state: dict[str, Any] | None = None) -> Iterator[None]:
    """Puts what was tried before an error, and what is there already beside it."""
    try:
        yield
    except ProviderError as error:
        more = ProviderError(f"{what}: {error}" if what else str(error))
        more.state, more.code = state or error.state, error.code
        raise more from error
