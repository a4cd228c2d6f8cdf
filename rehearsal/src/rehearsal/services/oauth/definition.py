"""The service, for its modules to register with."""

from rehearsal.api.service import Service

service = Service("oauth2.googleapis.com", "OAuth 2.0", enablement=False)
