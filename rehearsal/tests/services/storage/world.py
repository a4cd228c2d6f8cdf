"""A client of Storage with one bucket."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from rehearsal.documents import Document
from tests.client import Client, Response

HOST = "https://storage.googleapis.com"
API = f"{HOST}/storage/v1"
BUCKET = "demo-state"


class World:
    """``bucket`` are the fields of the bucket, which are uniform access and versions if None."""

    def __init__(self, bucket: Document | None = None) -> None:
        self.client = Client()
        fields = {"versioning": {"enabled": True}} if bucket is None else bucket
        uniform = {"uniformBucketLevelAccess": {"enabled": True}}
        body = {"name": BUCKET, "location": "EU", "iamConfiguration": uniform} | fields
        self.client.post(f"{API}/b?project=demo", body).ok

    def upload(self, name: str, content: bytes, **query: Any) -> Response:
        parameters = urlencode({"uploadType": "media", "name": name} | query)
        return self.client.post(
            f"{HOST}/upload/storage/v1/b/{BUCKET}/o?{parameters}",
            content=content,
            headers={"content-type": "text/plain"},
        )

    def multipart(self, document: Document, content: bytes, end: str = "\r\n") -> Response:
        boundary = "===============1234=="
        lines = [
            f"--{boundary}", "Content-Type: application/json", "", json.dumps(document),
            f"--{boundary}", "Content-Type: text/x-state", "", "",
        ]  # fmt: skip
        body = end.join(lines).encode() + content + f"{end}--{boundary}--{end}".encode()
        return self.client.post(
            f"{HOST}/upload/storage/v1/b/{BUCKET}/o?uploadType=multipart",
            content=body,
            headers={"content-type": f"multipart/related; boundary='{boundary}'"},
        )

    def url(self, name: str, **query: Any) -> str:
        return f"{API}/b/{BUCKET}/o/{quote(name, safe='')}?{urlencode(query)}"

    def listed(self, **query: Any) -> Document:
        return self.client.get(f"{API}/b/{BUCKET}/o?{urlencode(query)}").ok

    def names(self, **query: Any) -> list[str]:
        return [one["name"] for one in self.listed(**query).get("items", [])]
