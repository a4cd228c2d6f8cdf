"""IAM: service accounts and their keys.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts
"""

from rehearsal.services.iam_accounts import accounts, deletion, keys, public_keys
from rehearsal.services.iam_accounts.definition import service

__all__ = ["accounts", "deletion", "keys", "public_keys", "service"]
