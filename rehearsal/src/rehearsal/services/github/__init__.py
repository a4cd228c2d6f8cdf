"""A stand-in for the issuer of GitHub Actions' OIDC tokens, with published keys.

https://docs.github.com/en/actions/reference/security/oidc
"""

from rehearsal.services.github import issuer
from rehearsal.services.github.issuer import service
from rehearsal.services.github.workflow import Workflow, github_token, request_variables

__all__ = ["Workflow", "github_token", "issuer", "request_variables", "service"]
