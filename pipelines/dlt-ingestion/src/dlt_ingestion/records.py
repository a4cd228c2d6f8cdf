"""The API's records as typed structs, for the answers of 2025 and of today alike."""

from typing import Annotated, Literal

import msgspec

from dlt_ingestion.errors import SourceError

Era = Literal["2025", "2026"]
Text = str | int | float | None
"""What stands where text is expected: some ids and figures arrive as JSON numbers."""
Pixels = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""As far as a warehouse can hold it."""


class Measure(msgspec.Struct, frozen=True, gc=False):
    """A weight or height, written out in both systems of units."""

    imperial: Text = None
    metric: Text = None


class Image(msgspec.Struct, frozen=True, gc=False):
    """A breed's reference image; sizes in pixels."""

    id: str | None = None
    url: str | None = None
    width: Pixels | None = None
    height: Pixels | None = None


class ApiBreed(msgspec.Struct, frozen=True, gc=False):
    """One breed as the API answers it; fields that it does not send are null."""

    id: str | int
    name: str
    weight: Measure | None = None
    height: Measure | None = None
    life_span: Text = None
    temperament: str | None = None
    origin: str | None = None
    country_codes: str | None = None
    country_code: str | None = None
    description: str | None = None
    history: str | None = None
    bred_for: str | None = None
    perfect_for: str | None = None
    breed_group: str | None = None
    species_id: str | int | None = None
    reference_image_id: str | None = None
    image: Image | None = None


_decode = msgspec.json.Decoder(list[ApiBreed]).decode


def decode_page(body: bytes, page: int) -> list[ApiBreed]:
    """The breeds of one answer. Raises SourceError for anything but a JSON list of breeds."""
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise SourceError(
            f"Page {page} of the API is not a list of breeds: {error}. Nothing was published; the "
            "answer is kept in api_payloads. If the API changed its format, the parser must follow."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            f"Page {page} of the API is not JSON ({error}); it starts with {_start(body)}. Nothing "
            "was published; the answer is kept in api_payloads. Try again later."
        ) from error


def era_of(breeds: list[ApiBreed]) -> Era:
    """The era that the ids tell: numbers until mid-2026, text since."""
    return "2025" if any(isinstance(breed.id, int) for breed in breeds) else "2026"


def _start(body: bytes) -> str:
    return repr(body[:80].decode("utf-8", "replace"))
