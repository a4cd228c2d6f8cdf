"""IAM Credentials: short-lived tokens of a service account, for those who may have them.

https://cloud.google.com/iam/docs/reference/credentials/rest
"""

from rehearsal.services.iam_credentials import tokens
from rehearsal.services.iam_credentials.definition import service

__all__ = ["service", "tokens"]
