"""IAM Credentials: short-lived tokens and signatures of an account, for those who may have them.

https://cloud.google.com/iam/docs/reference/credentials/rest
"""

from rehearsal.services.iam_credentials import signing, tokens
from rehearsal.services.iam_credentials.definition import service

__all__ = ["service", "signing", "tokens"]
