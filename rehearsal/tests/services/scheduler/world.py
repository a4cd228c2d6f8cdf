"""A cloud with jobs whose calls are written down instead of sent."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rehearsal.documents import Document
from rehearsal.services.scheduler.attempts import install
from rehearsal.services.scheduler.delivery import Delivery, Reply
from tests.client import Client

BASE = "https://cloudscheduler.googleapis.com/v1/projects/demo/locations/europe-west1/jobs"
NAME = "projects/demo/locations/europe-west1/jobs/daily"
ACCOUNT = "invoker@demo.iam.gserviceaccount.com"
ACCOUNTS = "https://iam.googleapis.com/v1/projects/demo/serviceAccounts"
URI = (
    "https://europe-west1-run.googleapis.com/apis/run.googleapis.com/v1/namespaces/demo/jobs/d:run"
)


def job(**changes: Any) -> Document:
    return {
        "name": NAME,
        "schedule": "0 6 * * *",
        "timeZone": "Europe/Berlin",
        "httpTarget": {"uri": URI, "oauthToken": {"serviceAccountEmail": ACCOUNT}},
    } | changes


@dataclass
class World:
    """``replies`` are used up one after the other; then every call succeeds."""

    client: Client = field(default_factory=Client)
    replies: list[Reply] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    copies: int = 0

    def __post_init__(self) -> None:
        self.client.post(ACCOUNTS, {"accountId": "invoker"}).ok
        install(self.client.cloud, self._deliver, lambda _: self.copies)

    def _deliver(self, delivery: Delivery) -> Reply:
        self.deliveries.append(delivery)
        self.times.append(self.client.clock.now().strftime("%m-%d %H:%M:%S"))
        return self.replies.pop(0) if self.replies else Reply(200)

    def advance(self, **by: float) -> None:
        self.client.cloud.timeline.advance(timedelta(**by))

    def get(self) -> Document:
        return self.client.get(f"{BASE}/daily").ok
