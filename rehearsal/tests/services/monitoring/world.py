"""A project with a channel, and the things that tests of alerts do with it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from rehearsal.services.monitoring.evaluation import not_evaluated
from rehearsal.services.monitoring.incidents import incidents
from tests.client import Client

V3 = "https://monitoring.googleapis.com/v3/projects/demo"
EXECUTIONS = "run.googleapis.com/job/completed_execution_count"
FAILED: dict[str, Any] = {
    "displayName": "failed > 0",
    "conditionThreshold": {
        "aggregations": [{"alignmentPeriod": "300s", "perSeriesAligner": "ALIGN_DELTA"}],
        "comparison": "COMPARISON_GT",
        "duration": "0s",
        "filter": f'resource.type="cloud_run_job" AND metric.type="{EXECUTIONS}" AND'
        ' metric.labels.result="failed"',
        "trigger": {"count": 1},
    },
}
ERROR_LINE: dict[str, Any] = {
    "displayName": "error line",
    "conditionMatchedLog": {"filter": 'resource.type="cloud_run_job" AND severity>=ERROR'},
}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@dataclass
class World:
    """Time goes on by ``pass_time`` only, and what is due on the way is done."""

    client: Client = field(default_factory=Client)

    def channel(self, address: str = "data@example.com") -> str:
        body = {"type": "email", "displayName": "team", "labels": {"email_address": address}}
        name: str = self.client.post(f"{V3}/notificationChannels", body).ok["name"]
        return name

    def policy(self, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
        body = {"displayName": "policy", "combiner": "OR", "conditions": list(conditions), **more}
        made = self.client.post(f"{V3}/alertPolicies", body).ok
        self.client.cloud.timeline.run()
        return made

    def log_policy(self, **more: Any) -> dict[str, Any]:
        strategy = {"notificationRateLimit": {"period": "3600s"}, "autoClose": "86400s"}
        return self.policy(ERROR_LINE, alertStrategy=strategy, **more)

    def execution(self, result: str = "succeeded", job: str = "dog") -> None:
        assert self.client.cloud.series is not None
        labels = {"project_id": "demo", "location": "europe-west1", "job_name": job}
        self.client.cloud.series.add(
            EXECUTIONS, {"result": result}, "cloud_run_job", labels, self.now, 1
        )
        self.client.cloud.timeline.run()

    def entry(self, severity: str = "ERROR", text: str = "boom", **more: Any) -> None:
        self.client.cloud.journal.write(
            {
                "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
                "resource": {"type": "cloud_run_job", "labels": {"job_name": "dog"}},
                "severity": severity,
                "textPayload": text,
                **more,
            }
        )

    def pass_time(self, by: timedelta) -> None:
        self.client.cloud.timeline.advance(by)

    @property
    def now(self) -> datetime:
        return self.client.clock.now()

    @property
    def incidents(self) -> list[dict[str, Any]]:
        return incidents(self.client.cloud)

    @property
    def states(self) -> list[str]:
        return [one["state"] for one in self.incidents]

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [message for one in self.incidents for message in one["sent"]]

    @property
    def not_evaluated(self) -> list[dict[str, Any]]:
        return not_evaluated(self.client.cloud)
