"""The service, for its modules to register with."""

from rehearsal.api.service import Service

service = Service("serviceusage.googleapis.com", "Service Usage", enablement=False)
