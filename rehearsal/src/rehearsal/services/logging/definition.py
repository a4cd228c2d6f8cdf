"""Cloud Logging as a service."""

from rehearsal.api.service import Service

API = ("logging", "v2")
HOST = "logging.googleapis.com"
service = Service(HOST, "Cloud Logging")
