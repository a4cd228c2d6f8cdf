"""A breed's row as it is staged: every content column, its hash and where it came from."""

import hashlib
from collections.abc import Sequence

import msgspec

from dlt_ingestion.parsing import (
    Issue,
    Parsed,
    parse_life_span,
    parse_measure,
    parse_temperaments,
    text_of,
)
from dlt_ingestion.records import ApiBreed, Image, Measure
from dlt_ingestion.schema import CONTENT_COLUMNS, CONTENT_HASH, PAYLOAD_HASH

STAGED_BREED_COLUMNS = (*CONTENT_COLUMNS, CONTENT_HASH, PAYLOAD_HASH)
"""The columns that a staged breed has, in order; publication adds the run."""

BreedRow = msgspec.defstruct(
    "BreedRow", [(column.name, object) for column in STAGED_BREED_COLUMNS], gc=False
)

_NO_MEASURE = Measure()
_NO_IMAGE = Image()
_encode = msgspec.json.Encoder().encode


def breed_row(breed: ApiBreed, payload_sha256: str) -> tuple[msgspec.Struct, Sequence[Issue]]:
    """The row of one breed, and its values that could not be parsed."""
    issues: list[Issue] = []
    values = _content(breed, issues)
    values.append(_encode(issues).decode() if issues else None)
    return finish_row(values, payload_sha256), issues


def finish_row(content: list[object], payload_sha256: str | None) -> msgspec.Struct:
    """The row of content values (in the order of CONTENT_COLUMNS), with its hash."""
    digest = hashlib.sha256(_encode(content)).hexdigest()
    return BreedRow(*content, digest, payload_sha256)


def _content(breed: ApiBreed, issues: list[Issue]) -> list[object]:
    weight, height = breed.weight or _NO_MEASURE, breed.height or _NO_MEASURE
    image = breed.image or _NO_IMAGE
    life_span = parse_life_span(breed.life_span, issues)
    weights = parse_measure(weight, "weight", issues)
    heights = parse_measure(height, "height", issues)
    temperaments = parse_temperaments(breed.temperament, issues)
    return [
        text_of(breed.id) or "",
        text_of(breed.name) or "",
        text_of(breed.breed_group),
        text_of(breed.origin),
        text_of(breed.country_codes) or text_of(breed.country_code),
        text_of(breed.description),
        text_of(breed.history),
        text_of(breed.bred_for),
        text_of(breed.perfect_for),
        text_of(breed.temperament),
        ", ".join(temperaments) or None,
        text_of(breed.life_span),
        life_span.low,
        life_span.high,
        text_of(weight.metric),
        text_of(weight.imperial),
        *_bounds(weights),
        text_of(height.metric),
        text_of(height.imperial),
        *_bounds(heights),
        text_of(breed.species_id),
        text_of(breed.reference_image_id) or text_of(image.id),
        text_of(image.url),
        image.width,
        image.height,
    ]


def _bounds(parsed: Parsed) -> tuple[float | None, ...]:
    overall, male, female = parsed.overall, parsed.male, parsed.female
    return overall.low, overall.high, male.low, male.high, female.low, female.high
