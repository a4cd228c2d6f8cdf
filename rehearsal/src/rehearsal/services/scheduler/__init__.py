"""Cloud Scheduler: HTTP calls at the moments of cron schedules, as service accounts, with retries.

https://cloud.google.com/scheduler/docs/reference/rest
"""

from rehearsal.services.scheduler import jobs, locations
from rehearsal.services.scheduler.definition import service

__all__ = ["jobs", "locations", "service"]
