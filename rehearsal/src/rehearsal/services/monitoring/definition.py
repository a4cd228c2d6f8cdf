"""Cloud Monitoring as a service."""

from rehearsal.api.service import Service
from rehearsal.cloud import Cloud

V1 = ("monitoring", "v1")
V3 = ("monitoring", "v3")
POLICIES = "monitoring.alertPolicies"
CHANNELS = "monitoring.notificationChannels"


def _start(cloud: Cloud) -> None:
    from rehearsal.services.monitoring.evaluation import start
    from rehearsal.services.monitoring.log_matches import follow
    from rehearsal.services.monitoring.series import TimeSeries

    cloud.series = TimeSeries(cloud.store, cloud.clock)
    follow(cloud)
    start(cloud)


service = Service("monitoring.googleapis.com", "Cloud Monitoring", start=_start)
