"""Cloud Run's metadata server for tests: a project, a service account, and tokens for it.

https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import http.server
import json
from http import HTTPStatus

from tests.e2e.bigquery_standin import ACCOUNT, PROJECT, Server

_ACCOUNT = {
    "aliases": ["default"],
    "email": ACCOUNT,
    "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
}
_TOKEN = {"access_token": "t", "expires_in": 3599, "token_type": "Bearer"}
_V1 = "/computeMetadata/v1/"
_VALUES: dict[str, object] = {
    "/": "computeMetadata/\n",
    f"{_V1}project/project-id": PROJECT,
    f"{_V1}universe/universe-domain": "googleapis.com",
    **{
        f"{_V1}instance/service-accounts/{name}/{what}": value
        for name in ("default", ACCOUNT)
        for what, value in (("", _ACCOUNT), ("token", _TOKEN), ("email", ACCOUNT))
    },
}


def metadata() -> Server:
    """The server, on a free port. A context manager."""
    return Server(_Handler)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        value = _VALUES.get(self.path.partition("?")[0])
        asked = self.headers.get("Metadata-Flavor") == "Google" or self.path == "/"
        status = 404 if value is None else 200 if asked else 403
        text = value if isinstance(value, str) else json.dumps(value)
        data = text.encode() if status == HTTPStatus.OK else b""
        self.send_response(status)
        kind = "application/text" if isinstance(value, str) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""
