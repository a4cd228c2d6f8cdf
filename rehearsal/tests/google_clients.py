"""Lets Google's client libraries, unmodified, talk to the in-memory application."""

import io
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from tests.client import Client


class InMemory(BaseAdapter):
    """Takes the requests of a ``requests.Session`` to the application."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        assert request.url
        assert request.method
        answer = self._client.request(
            request.method,
            request.url,
            as_=None,
            headers={name: _text(value) for name, value in request.headers.items()},
            content=_bytes(request.body),
        )
        response = requests.Response()
        response.status_code, response.request, response.url = answer.status, request, request.url
        response.headers.update(answer.headers)
        response.raw = HTTPResponse(
            io.BytesIO(answer.content),
            headers=answer.headers,
            status=answer.status,
            preload_content=False,
        )
        return response

    def close(self) -> None:
        """Nothing is open."""


def session(client: Client) -> requests.Session:
    """A session, all of whose requests go to the application."""
    made = requests.Session()
    made.mount("https://", InMemory(client))
    return made


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else bytes(body.read())
