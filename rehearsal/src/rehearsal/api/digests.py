"""Etags: a mark of a document's content, and how two of them are compared."""

import base64
import binascii
import hashlib

from rehearsal.documents import Document, encode


def etag(document: Document) -> str:
    """Base64 of a digest of the document without its own etag."""
    content = {name: value for name, value in document.items() if name != "etag"}
    return base64.b64encode(hashlib.sha256(encode(content)).digest()[:12]).decode()


def same_etag(one: str, other: str) -> bool:
    """Whether two etags are the same bytes: gcloud sends back one alphabet for the other."""
    return _bytes(one) == _bytes(other)


def _bytes(text: str) -> bytes:
    plain = text.strip('"').replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return text.encode()
