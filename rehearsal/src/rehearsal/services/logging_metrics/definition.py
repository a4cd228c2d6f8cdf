"""Log-based metrics as a part of Cloud Logging."""

from rehearsal.api.service import Service
from rehearsal.cloud import Cloud

API = ("logging", "v2")
KIND = "logging.metrics"
TYPE_PREFIX = "logging.googleapis.com/user/"


def _start(cloud: Cloud) -> None:
    from rehearsal.services.logging_metrics.counting import follow

    follow(cloud)


service = Service("logging.googleapis.com", "Cloud Logging", start=_start)
