"""Workload identity federation: pools of foreign identities, and the providers that vouch for them.

https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools
"""

from rehearsal.services.iam_federation import pools, providers
from rehearsal.services.iam_federation.definition import service

__all__ = ["pools", "providers", "service"]
