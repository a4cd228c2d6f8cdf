"""The metadata server of one task: project, region, and the service account with its tokens.

https://cloud.google.com/compute/docs/metadata/querying-metadata
https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rehearsal.execution.dropping import drop
from rehearsal.faults import Hit

type Meet = Callable[[str, str], Hit | None]
"""The fault that a call meets on purpose, by its method (``metadata.token``) and its path."""
type Node = str | tuple[str, ...] | Token | Mapping[str, Node]

_FLAVOR = "Metadata-Flavor"
_GOOGLE = {_FLAVOR: "Google", "Server": "Metadata Server for VM"}
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_LIFETIME_SECONDS = 3599
"""A new token each time it is asked for, and one second for the way."""
_ROOT = "computeMetadata"


@dataclass(frozen=True)
class Identity:
    """Who and where a task is."""

    service_account: str
    """E-mail address."""
    project: str
    project_number: str
    region: str
    """As in ``europe-west1``."""
    instance_id: str


@dataclass(frozen=True)
class Token:
    """Made when it is asked for, and told by no listing of values."""

    issue: Callable[[], str]

    def document(self) -> dict[str, str | int]:
        """As Google's client libraries read it."""
        return {
            "access_token": self.issue(),
            "expires_in": _LIFETIME_SECONDS,
            "token_type": "Bearer",
        }


def application(
    identity: Identity, token: Callable[[str], str], meet: Meet = lambda *_: None
) -> Starlette:
    """The ASGI application; ``token`` gives an access token of a service account, by its e-mail."""
    tree: Node = {_ROOT: {"v1": _values(identity, Token(lambda: token(identity.service_account)))}}

    async def answer(request: Request) -> Response:
        path = request.path_params["path"]
        hit = await run_in_threadpool(meet, method_of(path), f"/{path}")
        if hit is not None and hit.error is not None:
            return _say(HTTPStatus(hit.error.code), hit.error.message, "text/html")
        if hit is not None and hit.drop == "before":
            return drop(request)
        said = await run_in_threadpool(_answer, request, tree)
        return drop(request) if hit is not None and hit.drop else said

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET"])])


def method_of(path: str) -> str:
    """The name by which a fault finds a call: what is asked for, whoever's account it is."""
    steps = [step for step in path.split("/") if step]
    if len(steps) > 1 and steps[-2] == "service-accounts":
        return "metadata.service-account"
    return f"metadata.{steps[-1] if steps else 'ping'}"


def _values(identity: Identity, token: Token) -> Node:
    account: Node = {
        "aliases": ("default",),
        "email": identity.service_account,
        "scopes": _SCOPES,
        "token": token,
    }
    return {
        "instance": {
            "id": identity.instance_id,
            "region": f"projects/{identity.project_number}/regions/{identity.region}",
            "service-accounts": {"default": account, identity.service_account: account},
        },
        "project": {
            "numeric-project-id": identity.project_number,
            "project-id": identity.project,
        },
        "universe": {"universe-domain": "googleapis.com"},
    }


def _answer(request: Request, tree: Node) -> Response:
    path = request.path_params["path"]
    steps = [step for step in path.split("/") if step]
    if steps and (refused := _refusal(request)):
        return _say(HTTPStatus.FORBIDDEN, refused, "text/html")
    node = _find(tree, steps)
    if node is None:
        return _say(HTTPStatus.NOT_FOUND, _not_found(path), "text/html")
    recursive = request.query_params.get("recursive", "").lower() == "true"
    if isinstance(node, Mapping) and path and not path.endswith("/"):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{path}/{query}", HTTPStatus.MOVED_PERMANENTLY, _GOOGLE)
    default = "json" if recursive or isinstance(node, Token) else "text"
    if request.query_params.get("alt", default) == "json":
        return _say(HTTPStatus.OK, json.dumps(_plain(node)), "application/json")
    text = "".join(_lines(node)) if recursive else _text(node)
    return _say(HTTPStatus.OK, text, "application/text")


def _refusal(request: Request) -> str:
    if request.headers.get(_FLAVOR) != "Google":
        return f"Missing {_FLAVOR}:Google header."
    # What a careless proxy in front of a task would add.
    if "X-Forwarded-For" in request.headers:
        return "Request contains the X-Forwarded-For header, which is not allowed."
    return ""


def _find(node: Node, steps: list[str]) -> Node | None:
    for step in steps:
        if not isinstance(node, Mapping) or step not in node:
            return None
        node = node[step]
    return node


def _plain(node: Node) -> object:
    """As JSON: names in camel case, numbers as numbers; no token in a listing."""
    if isinstance(node, Token):
        return node.document()
    if isinstance(node, Mapping):
        return {
            _camel(name): _plain(child)
            for name, child in node.items()
            if not isinstance(child, Token)
        }
    if isinstance(node, str) and node.isdecimal():
        return int(node)
    return node


def _text(node: Node) -> str:
    if isinstance(node, Token):
        return json.dumps(node.document())
    if isinstance(node, Mapping):
        return "".join(f"{name}/\n" if _is_folder(node[name]) else f"{name}\n" for name in node)
    return node if isinstance(node, str) else "".join(f"{item}\n" for item in node)


def _lines(node: Node, path: str = "") -> list[str]:
    """Every value below, a line each: its path and itself."""
    if isinstance(node, Token):
        return []
    if isinstance(node, Mapping):
        return [
            line
            for name, child in node.items()
            for line in _lines(child, f"{path}/{name}" if path else name)
        ]
    return [f"{path} {item}\n" for item in ((node,) if isinstance(node, str) else node)]


def _is_folder(node: Node) -> bool:
    return isinstance(node, Mapping)


def _camel(name: str) -> str:
    if "@" in name:
        return name
    first, *others = name.split("-")
    return first + "".join(word.capitalize() for word in others)


def _say(status: HTTPStatus, text: str, kind: str) -> Response:
    return Response(text, status, {**_GOOGLE, "Content-Type": kind})


def _not_found(path: str) -> str:
    return (
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n"
        f"<p><b>404.</b> The requested URL <code>/{path}</code> was not found on this server."
    )
