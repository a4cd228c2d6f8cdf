"""The addresses of the registry: ``/v2/...`` at every ``L-docker.pkg.dev``."""

from collections.abc import Callable

from rehearsal.api.call import Answer, Call
from rehearsal.documents import Document
from rehearsal.errors import ApiError
from rehearsal.services.artifactregistry.definition import service
from rehearsal.services.artifactregistry.docker import blobs, manifests, tag_list
from rehearsal.services.artifactregistry.docker.admission import caller
from rehearsal.services.artifactregistry.docker.refusals import (
    VERSION,
    UnauthorizedError,
    in_registry_words,
)
from rehearsal.services.artifactregistry.docker.token_endpoint import give_token

type Handler = Callable[[Call], Document | Answer]

_HOST = r"[a-z0-9-]+-docker\.pkg\.dev"
_NAME = r"(?P<name>.+)"
_SPECIFICATION = "https://distribution.github.io/distribution/spec/api/"


def _greet(call: Call) -> Answer:
    """Whether a token is good; with none, where one is to be had."""
    principal = caller(call)
    if principal is None:
        raise UnauthorizedError
    call.principal = principal
    return Answer({}, 200, VERSION)


def _route(methods: str, path: str, name: str, handler: Handler, source: str) -> None:
    @service.raw(methods, path, host=_HOST, name=f"registry.{name}", source=source, outside=True)
    def answer(call: Call) -> Document | Answer:
        try:
            return handler(call)
        except UnauthorizedError as error:
            return error.answer(call.host)
        except ApiError as error:
            raise in_registry_words(error) from error


for _route_of in (
    ("GET HEAD", r"/v2/?", "greet", _greet, "recorded"),
    ("GET", r"/v2/token", "token", give_token, "recorded"),
    ("GET", rf"/v2/{_NAME}/tags/list", "tags.list", tag_list.list_tags, "recorded"),
    ("POST", rf"/v2/{_NAME}/blobs/uploads/?", "uploads.start", blobs.start_upload, "recorded"),
    ("PATCH PUT", rf"/v2/{_NAME}/blobs/uploads/(?P<upload>[^/]+)", "uploads.continue",
     blobs.continue_upload, "recorded"),
    ("GET DELETE", rf"/v2/{_NAME}/blobs/uploads/(?P<upload>[^/]+)", "uploads.status",
     blobs.continue_upload, _SPECIFICATION),
    ("GET HEAD", rf"/v2/{_NAME}/blobs/(?P<digest>[^/]+)", "blobs.get", blobs.get, "recorded"),
    ("GET HEAD", rf"/v2/{_NAME}/manifests/(?P<reference>[^/]+)", "manifests.get",
     manifests.get, "recorded"),
    ("PUT", rf"/v2/{_NAME}/manifests/(?P<reference>[^/]+)", "manifests.put",
     manifests.put, "recorded"),
    ("DELETE", rf"/v2/{_NAME}/manifests/(?P<reference>[^/]+)", "manifests.delete",
     manifests.delete, _SPECIFICATION),
):  # fmt: skip
    _route(*_route_of)
