"""Cloud Storage: buckets and objects with generations, preconditions, versions and lifecycle rules.

The JSON API, and of the XML API what reads an object.
https://cloud.google.com/storage/docs/json_api/v1
"""

from rehearsal.services.storage import (
    buckets,
    copies,
    folders,
    objects,
    policies,
    uploads,
    xml_reads,
)
from rehearsal.services.storage.definition import service

__all__ = [
    "buckets",
    "copies",
    "folders",
    "objects",
    "policies",
    "service",
    "uploads",
    "xml_reads",
]
