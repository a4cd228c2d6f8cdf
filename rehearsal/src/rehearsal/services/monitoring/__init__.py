"""Cloud Monitoring: time series, alert policies and their incidents, channels, dashboards."""

from rehearsal.services.monitoring import alerts, channels, dashboards, policies, time_series
from rehearsal.services.monitoring.definition import service

__all__ = ["alerts", "channels", "dashboards", "policies", "service", "time_series"]
