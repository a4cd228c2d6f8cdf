"""Sends a recorded session to our application, and tells where the answers differ."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from rehearsal.documents import encode
from rehearsal.faults import Fault
from tests.client import OWNER, Response
from tests.traffic.correspondence import Correspondence
from tests.traffic.needed import lacking
from tests.traffic.policies import Policies
from tests.traffic.recordings import Recorded
from tests.traffic.world import World

_LOCATION = re.compile(r"(?<=[?&]location=)[^&]+")


@dataclass
class Replay:
    """One session after another on the same world."""

    world: World
    correspondence: Correspondence = field(default_factory=Correspondence)
    policies: Policies = field(default_factory=Policies)
    injected: int = 0
    _registry_token: str = ""
    _job_places: dict[str, str] = field(default_factory=dict)

    def send(self, record: Recorded) -> Response:
        """Sends a request as it would have been sent had the answers been ours."""
        answer = self.world.client.request(
            record.method,
            self._url(record),
            as_=None if record.host.endswith("docker.pkg.dev") else OWNER,
            headers=record.headers | self._headers(record),
            content=self._content(record),
        )
        self._learn(record, answer)
        if record.path.endswith((":run", ":cancel")):
            self.world.settle(cancelled=record.path.endswith(":cancel"))
        return answer

    def refuse(self, record: Recorded) -> Response:
        """Sends a request that is made to fail as it failed in the recording."""
        self.injected += 1
        message, reason = _said(record)
        self.world.client.cloud.faults.add(
            Fault(status=record.status, message=message, reason=reason, times=1)
        )
        return self.send(record)

    def _url(self, record: Recorded) -> str:
        """bq asks for a job where the answer to its creation said that it runs."""
        place = self._job_places.get(record.path.rpartition("/")[2])
        url = self.correspondence.text(record.url)
        return _LOCATION.sub(place, url) if place else url

    def _content(self, record: Recorded) -> bytes | None:
        if record.request is None:
            return None
        if isinstance(record.request, str):
            return self.correspondence.text(record.request).encode()
        body = self.correspondence.body(record.resource, record.request)
        if record.method_id.endswith(".setIamPolicy"):
            body = self.policies.completed(record.resource, body)
        return encode(body)

    def _headers(self, record: Recorded) -> dict[str, str]:
        if not record.host.endswith("docker.pkg.dev"):
            return {"content-type": "application/json"} if _is_json(record) else {}
        if record.status == 401:
            return {}
        if record.path == "/v2/token":
            password = self.world.client.token(OWNER)
            login = base64.b64encode(f"oauth2accesstoken:{password}".encode()).decode()
            return {"authorization": f"Basic {login}"}
        kind = record.request["mediaType"] if isinstance(record.request, dict) else "*/*"
        named = "content-type" if isinstance(record.request, dict) else "accept"
        return {"authorization": f"Bearer {self._registry_token}", named: kind}

    def _learn(self, record: Recorded, answer: Response) -> None:
        if "Location" in record.resp_headers:
            place = {"Location": answer.headers.get("location", "")}
            self.correspondence.learn(record.resource, record.resp_headers, place)
        if not answer.content or not isinstance(record.response, dict):
            return
        ours = _json(answer)
        self.correspondence.learn(record.resource, record.response, ours)
        if record.method_id.endswith(".getIamPolicy"):
            self.policies.read(record.resource, record.response, ours)
        if record.path == "/v2/token":
            self._registry_token = ours.get("token", "")
        if "jobReference" in ours:
            job = ours["jobReference"]
            self._job_places[job.get("jobId", "")] = job.get("location", "")

    def wrong(self, record: Recorded, answer: Response) -> str:
        """What is wrong with an answer, or ""."""
        if not (record.succeeded and answer.status < 300):
            return "" if answer.status == record.status else answer.content.decode()[:600]
        if "fields=" in record.url:  # the recorded server did not leave out what was not asked for
            return ""
        expected = self.correspondence.body(record.resource, record.response)
        return "; ".join(lacking(record.method_id, expected, _json(answer)))


def _is_json(record: Recorded) -> bool:
    return isinstance(record.request, dict) and "content-type" not in record.headers


def _json(answer: Response) -> Any:
    try:
        return answer.json if answer.content else {}
    except msgspec.DecodeError:
        return {}  # the content of an object


def _said(record: Recorded) -> tuple[str, str]:
    error = record.response.get("error", {}) if isinstance(record.response, dict) else {}
    reasons = [one.get("reason", "") for one in error.get("errors", [])]
    return error.get("message", ""), next(iter(reasons), "")
