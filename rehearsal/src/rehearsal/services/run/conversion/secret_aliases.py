"""Secrets of other projects, which v1 names by aliases in an annotation and v2 in full.

https://cloud.google.com/run/docs/configuring/jobs/secrets
"""

from collections.abc import Iterator
from copy import deepcopy

from rehearsal.documents import Document
from rehearsal.services.run.conversion.specification import annotation_key

_KEY = annotation_key("secrets")


def without_aliases(job: Document) -> Document:
    """A v1 Job as it was sent, with the secrets themselves in place of their aliases."""
    result = deepcopy(job)
    template = result.get("spec", {}).get("template", {})
    aliases = _aliases(template.get("metadata", {}).get("annotations", {}).pop(_KEY, ""))
    for reference, field in _references(template):
        reference[field] = aliases.get(reference.get(field, ""), reference.get(field, ""))
    return result


def _aliases(text: str) -> dict[str, str]:
    """Of ``ALIAS:projects/NUMBER/secrets/SECRET,...``."""
    pairs = (part.strip().partition(":") for part in text.split(","))
    return {alias: secret for alias, colon, secret in pairs if colon}


def _references(template: Document) -> Iterator[tuple[Document, str]]:
    """Each object that refers to a secret, with the field that does."""
    task = template.get("spec", {}).get("template", {}).get("spec", {})
    for container in task.get("containers", []):
        for variable in container.get("env", []):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference is not None:
                yield reference, "name"
    for volume in task.get("volumes", []):
        if "secret" in volume:
            yield volume["secret"], "secretName"
