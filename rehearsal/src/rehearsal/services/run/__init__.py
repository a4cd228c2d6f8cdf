"""Cloud Run jobs, in API versions 1 and 2: made, executed by the container engine, observed.

One object for both versions: kept in the form of v2, which ``conversion`` shows as v1.
https://cloud.google.com/run/docs/reference/rest
"""

from rehearsal.services.run import (
    executions_v1,
    executions_v2,
    jobs_v1,
    jobs_v2,
    operations,
)
from rehearsal.services.run.definition import service
from rehearsal.services.run.lifecycle.threads import recover, wait_until_idle

__all__ = [
    "executions_v1",
    "executions_v2",
    "jobs_v1",
    "jobs_v2",
    "operations",
    "recover",
    "service",
    "wait_until_idle",
]
