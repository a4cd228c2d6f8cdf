"""The application: takes a request, finds its method, lets it pass or refuses it, and answers."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import IO
from urllib.parse import parse_qs, parse_qsl, unquote

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rehearsal.api.admission import admit, authenticate, require_caller
from rehearsal.api.audit import audit
from rehearsal.api.call import Answer, Call
from rehearsal.api.service import Raw, Served, Service
from rehearsal.calls import Record
from rehearsal.clock import rfc3339
from rehearsal.cloud import Cloud
from rehearsal.discovery.description import description
from rehearsal.discovery.partial import select
from rehearsal.discovery.routes import Match, find
from rehearsal.discovery.validation import validated, validated_parameters
from rehearsal.documents import Document, decode, encode
from rehearsal.errors import ApiError, invalid_argument, not_here
from rehearsal.faults import Hit
from rehearsal.identity.principal import ANONYMOUS

_KEPT_IN_MEMORY_BYTES = 4 * 1024 * 1024
_VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_DROPPED = Answer(status=502, headers={"x-rehearsal-drop": "1"})
"""The gateway closes the client's connection instead of passing this on."""
_JSON = "application/json; charset=UTF-8"


def application(cloud: Cloud, services: Sequence[Service]) -> Starlette:
    """The ASGI application of all these services on one cloud."""
    return Dispatcher(cloud, services).asgi()


class Incoming(msgspec.Struct, frozen=True):
    """A request as it came."""

    http_method: str
    host: str
    path: str
    """Percent-encoded."""
    query: str
    headers: dict[str, str]
    """By lower-case name."""
    content: IO[bytes]


class Dispatcher:
    """Knows which service has which method, and brings each request there."""

    def __init__(self, cloud: Cloud, services: Sequence[Service]) -> None:
        self._cloud = cloud
        self._methods = {
            key: (service, served)
            for service in services
            for key, served in service.methods.items()
        }
        self._raw = [(service, raw) for service in services for raw in service.raw_routes]
        for service in services:
            if service.start is not None:
                service.start(cloud)

    def asgi(self) -> Starlette:
        """As an ASGI application; each request is answered in a thread of its own."""

        async def endpoint(request: Request) -> Response:
            with tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY_BYTES) as content:
                async for piece in request.stream():
                    content.write(piece)
                content.seek(0)
                answer = await run_in_threadpool(self.answer, _incoming(request, content))
            return _response(answer)

        return Starlette(routes=[Route("/{path:path}", endpoint, methods=_VERBS)])

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request; an error becomes its envelope."""
        for service, raw in self._raw:
            path = raw.path.fullmatch(incoming.path)
            if (
                path
                and incoming.http_method in raw.http_methods
                and raw.host.fullmatch(incoming.host)
            ):
                values = {name: unquote(value or "") for name, value in path.groupdict().items()}
                return self._answer_raw(incoming, service, raw, values)
        match = find(incoming.host, incoming.http_method, incoming.path)
        if match is None:
            return self._attempt(incoming, "-", older=False, run=lambda _: _nothing(incoming))
        service_and_served = self._methods.get(match.method.key)
        older = service_and_served is not None and service_and_served[0].older_errors

        def run(record: Record) -> Answer:
            if service_and_served is None:
                raise not_here(
                    f"{match.method.id} ({match.method.api} {match.method.version}) is a method"
                    " of Google's that the rehearsal does not have; see COVERAGE.md."
                )
            return self._run(incoming, match, *service_and_served, record)

        return self._attempt(incoming, match.method.id, older=older, run=run)

    def _answer_raw(
        self, incoming: Incoming, service: Service, raw: Raw, path: dict[str, str]
    ) -> Answer:
        def run(record: Record) -> Answer:
            principal = (
                authenticate(self._cloud, incoming.headers) if raw.authenticated else ANONYMOUS
            )
            call = self._call(incoming, None, path)
            call.principal = principal
            call.query = parse_qs(incoming.query, keep_blank_values=True)
            record.principal, record.verdicts = principal.member, call.verdicts
            return self._handle(raw.served, call, record)

        return self._attempt(incoming, raw.name, older=service.older_errors, run=run)

    def _attempt(
        self, incoming: Incoming, method: str, *, older: bool, run: Callable[[Record], Answer]
    ) -> Answer:
        record = Record(
            time=rfc3339(self._cloud.clock.now()),
            method=method,
            principal=ANONYMOUS.member,
            http_method=incoming.http_method,
            host=incoming.host,
            path=incoming.path,
        )
        hit = self._fault(incoming, method)
        try:
            if hit is not None:
                record.fault = hit.label
                if hit.error is not None:
                    raise hit.error
            answer = _DROPPED if hit and hit.drop == "before" else run(record)
        except ApiError as error:
            answer = Answer(error.envelope(with_errors=older), error.code)
            record.message = error.message
        record.status = answer.status
        with self._cloud.store.transaction():
            self._cloud.calls.add(record)
        return _DROPPED if hit and hit.drop else answer

    def _fault(self, incoming: Incoming, method: str) -> Hit | None:
        if not self._cloud.faults.any():
            return None
        try:
            principal = authenticate(self._cloud, incoming.headers)
        except ApiError:
            principal = ANONYMOUS
        return self._cloud.faults.meet(method, principal.member, incoming.host)

    def _run(
        self, incoming: Incoming, match: Match, service: Service, served: Served, record: Record
    ) -> Answer:
        call = self._call(incoming, match, match.path)
        call.principal = authenticate(self._cloud, incoming.headers)
        record.principal, record.verdicts = call.principal.member, call.verdicts
        if not served.unchecked:
            require_caller(call)
        _understand(call, incoming)
        try:
            admit(service, served, match.method, call)
            answer = self._handle(served, call, record)
        except ApiError as error:
            audit(service, call, match.method, error)
            raise
        audit(service, call, match.method, None)
        fields = call.parameter("fields")
        if fields and isinstance(answer.body, dict):
            return Answer(select(answer.body, fields), answer.status, answer.headers)
        return answer

    def _handle(self, served: Served, call: Call, record: Record) -> Answer:
        scope = nullcontext() if served.outside else self._cloud.store.transaction()
        try:
            with scope:
                result = served.handler(call)
        finally:
            # A route that authenticates by itself knows the caller only now.
            record.principal = call.principal.member
        return result if isinstance(result, Answer) else Answer(result)

    def _call(self, incoming: Incoming, match: Match | None, path: dict[str, str]) -> Call:
        values = {name: self._with_project_id(value) for name, value in path.items()}
        if "projectId" in values:
            values["projectId"] = self._cloud.projects.id_of(values["projectId"])
        return Call(
            cloud=self._cloud,
            method=match.method if match else None,
            principal=ANONYMOUS,
            http_method=incoming.http_method,
            host=incoming.host,
            url_path=incoming.path,
            headers=incoming.headers,
            path=values,
            query={},
            body={},
            content=incoming.content,
            upload=match is not None and match.upload,
        )

    def _with_project_id(self, name: str) -> str:
        head, slash, rest = name.partition("/")
        if not slash or head not in {"projects", "namespaces"}:
            return name
        project, slash, tail = rest.partition("/")
        verb = ""
        if not slash:
            project, colon, verb = project.partition(":")
            verb = colon + verb
        return f"{head}/{self._cloud.projects.id_of(project)}{verb}{slash}{tail}"


def _understand(call: Call, incoming: Incoming) -> None:
    """Fills in parameters, body and project.

    Raises:
        ApiError: 400: they are not as the method's description wants them.
    """
    method = call.method
    if method is None:
        raise ValueError("a raw route has nothing that describes it")
    api = description(method.api, method.version)
    query = parse_qs(incoming.query, keep_blank_values=True)
    call.query = validated_parameters(method.parameters, query)
    if method.request and not call.upload:
        call.body = validated(api, method.request, _body(incoming))
    call.project = _project(call)


def _body(incoming: Incoming) -> Document:
    data = incoming.content.read()
    if not data.strip():
        return {}
    kind = incoming.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(data.decode(errors="replace"), keep_blank_values=True))
    try:
        return decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid_argument(
            f"Invalid JSON payload received. {error}", reason="parseError"
        ) from error


def _project(call: Call) -> str:
    """The project that a call concerns: in its path, or in the header that tells who pays."""
    for value in call.path.values():
        head, _, rest = value.partition("/")
        if head in {"projects", "namespaces"} and rest and not rest.startswith(("-/", "_/")):
            return rest.partition("/")[0]
    named = (
        call.path.get("projectId")
        or call.path.get("project")
        or next((value for value in call.path.values() if call.cloud.projects.get(value)), None)
        or call.parameter("project")
        or call.headers.get("x-goog-user-project")
        or ""
    )
    return call.cloud.projects.id_of(named)


def _nothing(incoming: Incoming) -> Answer:
    raise not_here(
        f"{incoming.http_method} {incoming.host}{incoming.path} is no method of an API that the"
        " rehearsal has; see COVERAGE.md."
    )


def _incoming(request: Request, content: IO[bytes]) -> Incoming:
    host = request.headers.get("host", "").partition(":")[0].lower()
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    headers: Mapping[str, str] = request.headers
    return Incoming(
        http_method=request.method,
        host=host,
        path=raw_path.partition(b"?")[0].decode("latin-1"),
        query=request.url.query,
        headers=dict(headers.items()),
        content=content,
    )


def _response(answer: Answer) -> Response:
    body = answer.body
    if body is None:
        return Response(status_code=answer.status, headers=answer.headers)
    if isinstance(body, dict):
        headers = {"content-type": _JSON} | answer.headers
        return Response(encode(body), answer.status, headers)
    if isinstance(body, bytes):
        return Response(body, answer.status, answer.headers)
    return StreamingResponse(body, answer.status, answer.headers)
