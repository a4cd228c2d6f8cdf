"""The service, for its modules to register with."""

from rehearsal.api.service import Service

service = Service("cloudresourcemanager.googleapis.com", "Cloud Resource Manager", enablement=False)
