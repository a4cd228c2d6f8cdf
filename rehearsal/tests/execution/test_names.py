import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.dns import DNSMessage

from rehearsal.execution.names import Names

METADATA, GATEWAY = "169.254.169.254", "169.254.169.253"
_A, _AAAA = 1, 28


class Transport:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, object]] = []

    def sendto(self, data: bytes, address: object) -> None:
        self.sent.append((data, address))


def _question(name: str, kind: int = _A) -> bytes:
    """As a resolver sends it: id 7, recursion desired."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, kind, 1)


def _answers(message: bytes) -> list[DNSMessage]:
    transport = Transport()
    names = Names(METADATA, GATEWAY)
    names.connection_made(transport)
    names.datagram_received(message, ("127.0.0.1", 5353))
    return [DNSMessage.unpack(data) for data, _ in transport.sent]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("bigquery.googleapis.com", GATEWAY),
        ("api.thedogapi.com", GATEWAY),
        ("metadata.google.internal", METADATA),
        ("Metadata.Google.Internal", METADATA),
        ("metadata", METADATA),
        ("metadata.google.internal.example", GATEWAY),
    ],
)
def test_a_name_has_one_address(name: str, address: str) -> None:
    (answer,) = _answers(_question(name))
    assert answer.id == 7
    assert [str(record.ipv4_address) for record in answer.answers] == [address]
    assert [record.name for record in answer.answers] == [name]


def test_a_name_has_no_address_of_version_6_and_exists_nevertheless() -> None:
    (answer,) = _answers(_question("bigquery.googleapis.com", _AAAA))
    assert answer.response_code == 0
    assert not answer.answers


@pytest.mark.parametrize("message", [b"", b"no DNS", _question("cut.example")[:-3]])
def test_what_is_no_question_gets_no_answer(message: bytes) -> None:
    assert _answers(message) == []


def test_an_answer_gets_no_answer() -> None:
    (answer,) = _answers(_question("bigquery.googleapis.com"))
    assert _answers(answer.packed) == []


@given(st.binary(max_size=64))
def test_no_message_ends_the_service(tail: bytes) -> None:
    _answers(_question("bigquery.googleapis.com")[:12] + tail)
