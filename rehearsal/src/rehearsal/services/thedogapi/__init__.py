"""The Dog API, which the pipeline reads: breeds by pages, a key, ten requests a minute."""

from rehearsal.services.thedogapi import breeds
from rehearsal.services.thedogapi.definition import service

__all__ = ["breeds", "service"]
