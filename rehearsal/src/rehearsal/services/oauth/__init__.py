"""OAuth: access tokens for refresh tokens and for signed assertions, and whose a token is."""

from rehearsal.services.oauth import granting, info
from rehearsal.services.oauth.definition import service

__all__ = ["granting", "info", "service"]
