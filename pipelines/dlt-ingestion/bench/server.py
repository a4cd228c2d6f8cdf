"""Serves breeds over HTTP as a process of its own: ``python -m bench.server COUNT``.

Prints its address once it answers. All pages are bytes in memory by then, so that no variant waits
for them. It ends when its standard input does.
"""

import sys
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from bench.breeds import encoded_pages

PAGE_SIZE = 1000


def handler(pages: Sequence[bytes], count: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body leave together

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            number = int(query.get("page", ["0"])[0])
            if int(query.get("limit", ["0"])[0]) < PAGE_SIZE:
                self.send_error(HTTPStatus.BAD_REQUEST, f"only pages of {PAGE_SIZE} are prepared")
                return
            body = pages[number] if number < len(pages) else b"[]"
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Pagination-Count", str(count))
            self.send_header("Pagination-Page", str(number))
            self.send_header("Pagination-Limit", str(PAGE_SIZE))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    return Handler


def main() -> None:
    count = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(encoded_pages(count, PAGE_SIZE), count))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
