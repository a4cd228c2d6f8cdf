"""A relay before everything that a run calls: names each call, and makes some of them fail."""

import http.client
import http.server
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlsplit

from tests.e2e.bigquery_standin import Server
from tests.e2e.fault_calls import Request, Service

Fault = Literal[
    "403", "429 once", "503 once", "503 for good",
    "dropped before", "dropped after", "killed before", "killed after",
]  # fmt: skip
FAULTS: tuple[Fault, ...] = get_args(Fault)
ABSORBED: tuple[Fault, ...] = ("429 once", "503 once", "dropped before", "dropped after")
"""These a run gets over."""
FOR_GOOD = frozenset({"403", "503 for good"})
"""These meet each call of a name, from the named one on."""
_REASONS = {403: "accessDenied", 429: "rateLimitExceeded", 503: "backendError"}
_HOP_BY_HOP = frozenset({"transfer-encoding", "content-length", "connection"})


@dataclass
class Plan:
    """Which calls of the next run fail, and how; ``kill`` ends the run's process at once."""

    faults: Mapping[str, Fault] = field(default_factory=dict)
    kill: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Relay:
    """Stands before the API, BigQuery and the metadata server. A context manager.

    ``upstreams`` are where those are; they may change between runs. ``calls`` are those of the run
    since ``expect``, in order; the second one of a name ends with ``#2``.
    """

    def __init__(self, upstreams: Mapping[Service, str]) -> None:
        self.upstreams = dict(upstreams)
        self.calls: list[str] = []
        self.hits = 0
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._plan = Plan()
        self._answered: dict[str, Answer] = {}
        self._uploads: dict[str, str] = {}
        self._servers = {service: Server(_handler(self, service)) for service in upstreams}

    def url(self, service: Service) -> str:
        """Where a run finds the service."""
        return self._servers[service].url

    def __enter__(self) -> "Relay":
        for server in self._servers.values():
            server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.__exit__()

    def expect(self, plan: Plan) -> None:
        """A new run begins."""
        with self._lock:
            self._plan = plan
            self._counts.clear()
            self.calls, self.hits = [], 0

    def answer(self, request: Request) -> Answer | None:
        """What a request is answered with; None where its connection is to be dropped."""
        fault = self._meet(request)
        if fault is None:
            return self._forward(request)
        if fault[0].isdecimal():
            return _refusal(request.service, int(fault[:3]))
        if fault.endswith("after"):
            self._forward(request)
        if fault.startswith("killed"):
            self._plan.kill()
        return None

    def _meet(self, request: Request) -> Fault | None:
        """Notes a call; what is to be done to it."""
        with self._lock:
            base = self._name(request)
            self._counts[base] += 1
            number = self._counts[base]
            name = base if number == 1 else f"{base} #{number}"
            self.calls.append(name)
            fault = self._plan.faults.get(name) or self._lasting(base, number)
            self.hits += fault is not None
            return fault

    def _lasting(self, base: str, number: int) -> Fault | None:
        """What an earlier call of the same name has met for good."""
        for call, fault in self._plan.faults.items():
            name, _, first = call.partition(" #")
            if fault in FOR_GOOD and name == base and number >= int(first or 1):
                return fault
        return None

    def _name(self, request: Request) -> str:
        upload = self._uploads.get(request.parameter("upload_id"))
        return f"{request.name()} ({upload})" if upload else request.name()

    def _forward(self, request: Request) -> Answer:
        """What is done is done once: a repetition is answered like the first, as BigQuery does.

        The stand-in would do it again, or not know any more what was done.
        https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query#QueryRequest
        https://cloud.google.com/bigquery/docs/reference/api-uploads#resumable
        """
        key = request.repeated_as()
        if key in self._answered:
            return self._answered[key]
        answer = self._ask(request)
        if request.starts_job() and answer.status == http.HTTPStatus.OK:
            answer = self._just_begun(request, answer)
        if key and answer.status == http.HTTPStatus.OK:
            self._answered[key] = answer
        return answer

    def _just_begun(self, request: Request, answer: Answer) -> Answer:
        """BigQuery takes a job in and answers that it runs; the stand-in often has done it by then.

        It is waited for here: each run makes the same calls, and a killed one leaves the same.
        """
        job = json.loads(answer.body)
        name = job["jobReference"]
        path = f"/bigquery/v2/projects/{name['projectId']}/jobs/{name['jobId']}"
        asked = Request("bigquery", "GET", path, b"", {})
        while json.loads(self._ask(asked).body)["status"]["state"] != "DONE":
            time.sleep(0.05)
        body = json.dumps({**job, "status": {"state": "RUNNING"}}).encode()
        return Answer(answer.status, answer.headers, body)

    def _ask(self, request: Request) -> Answer:
        upstream = urlsplit(self.upstreams[request.service]).netloc
        connection = http.client.HTTPConnection(upstream, timeout=60)
        try:
            connection.request(request.verb, request.path, request.body, request.headers)
            answer = connection.getresponse()
            if location := answer.headers.get("Location"):
                number = parse_qs(urlsplit(location).query)["upload_id"][0]
                self._uploads[number] = request.job()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()


def _refusal(service: Service, status: int) -> Answer:
    message = "A fault on purpose."
    body: Any = {"message": message}
    if service == "bigquery":
        reason = [{"reason": _REASONS[status], "message": message, "domain": "global"}]
        body = {"error": {"code": status, "message": message, "errors": reason}}
    headers = [("Content-Type", "application/json"), ("Metadata-Flavor", "Google")]
    return Answer(status, headers, json.dumps(body).encode())


def _handler(relay: Relay, service: Service) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = dict(self.headers.items())
            answer = relay.answer(Request(service, self.command, self.path, body, headers))
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer.status)
            for name, value in answer.headers:
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = relay  # noqa: N815 - as http.server asks

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    return Handler
