"""A JSON object, which is how every resource is kept: as the API's own document."""

from typing import Any

import msgspec

type Document = dict[str, Any]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(dict[str, Any])


def encode(value: object) -> bytes:
    """JSON of a value."""
    return _encoder.encode(value)


def decode(data: bytes) -> Document:
    """The JSON object in ``data``.

    Raises:
        msgspec.DecodeError: it is no JSON object.
    """
    return _decoder.decode(data)
