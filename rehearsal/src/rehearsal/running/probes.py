"""Quick questions to a program: does it answer yet?"""

import http.client
import socket

_TIMEOUT_SECONDS = 1.0


def listens(port: int) -> bool:
    """Whether something takes connections on 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), _TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def answers(port: int, path: str, host: str = "127.0.0.1") -> bool:
    """Whether a GET is answered with less than 500."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
