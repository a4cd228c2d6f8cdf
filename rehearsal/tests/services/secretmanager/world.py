"""A client of Secret Manager."""

import base64

from rehearsal.documents import Document
from tests.client import NUMBER, OWNER, PROJECT, Client, Response

API = "https://secretmanager.googleapis.com/v1"
SECRETS = f"{API}/projects/{PROJECT}/secrets"
NAME = f"projects/{NUMBER}/secrets/dog-api-key"
FULL = f"//secretmanager.googleapis.com/projects/{PROJECT}/secrets/dog-api-key"
EMAIL = "runner@demo.iam.gserviceaccount.com"
ACCESSOR = "roles/secretmanager.secretAccessor"


class World:
    """One secret, ``dog-api-key``, without a version."""

    def __init__(self, **fields: object) -> None:
        self.client = Client()
        self.secret = self.create("dog-api-key", **fields).ok

    def create(self, secret_id: str, **fields: object) -> Response:
        body = {"replication": {"automatic": {}}} | fields
        return self.client.post(f"{SECRETS}?secretId={secret_id}", body)

    def url(self, rest: str = "") -> str:
        return f"{SECRETS}/dog-api-key{rest}"

    def add(self, value: bytes = b"live_value", **payload: str) -> Document:
        data = base64.b64encode(value).decode()
        body = {"payload": {"data": data} | payload}
        return self.client.post(self.url(":addVersion"), body).ok

    def access(self, version: str = "latest", as_: str | None = OWNER) -> Response:
        return self.client.get(self.url(f"/versions/{version}:access"), as_=as_)

    def change(self, version: str, verb: str, **body: str) -> Response:
        return self.client.post(self.url(f"/versions/{version}:{verb}"), body)

    def patch(self, mask: str, **fields: object) -> Response:
        return self.client.patch(f"{self.url()}?updateMask={mask}", fields)


def value_in(answer: Response) -> bytes:
    return base64.b64decode(answer.ok["payload"]["data"])
