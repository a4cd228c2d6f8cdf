"""What a job's calls bear: a token of its service account."""

from rehearsal.cloud import Cloud
from rehearsal.documents import Document
from rehearsal.identity.principal import Principal
from rehearsal.services.scheduler.runs import account_of


def authorization(cloud: Cloud, job: Document) -> dict[str, str]:
    """The header with a fresh token; none for a job that calls as nobody."""
    email = account_of(job)
    if not email:
        return {}
    return {"Authorization": f"Bearer {cloud.tokens.issue(Principal(f'serviceAccount:{email}'))}"}
