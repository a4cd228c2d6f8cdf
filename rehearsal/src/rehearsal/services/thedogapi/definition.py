"""The Dog API as a service."""

from rehearsal.api.service import Service

HOST = "api.thedogapi.com"
service = Service(HOST, "The Dog API", enablement=False)
