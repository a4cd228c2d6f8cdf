"""Secret Manager: secrets, their versions, and who may read them.

https://cloud.google.com/secret-manager/docs/reference/rest
"""

from rehearsal.services.secretmanager import secrets, versions
from rehearsal.services.secretmanager.definition import service

__all__ = ["secrets", "service", "versions"]
