"""A name server that leads every name to the gateway, and the metadata server's to itself."""

import asyncio
import struct
from ipaddress import IPv4Address
from typing import Any

from mitmproxy.dns import DNSMessage, ResourceRecord
from mitmproxy.net.dns import response_codes, types

METADATA_NAMES = frozenset({"metadata.google.internal", "metadata"})


class Names(asyncio.DatagramProtocol):
    """Answers questions for IPv4 addresses; any other question has no answer, as of a real name."""

    def __init__(self, metadata: str, everything_else: str) -> None:
        self._metadata = IPv4Address(metadata)
        self._everything_else = IPv4Address(everything_else)
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """asyncio."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """asyncio; what is no DNS message gets no answer."""
        try:
            message = DNSMessage.unpack(data)
        except struct.error:
            return
        if message.query and self._transport is not None:
            self._transport.sendto(self.answer(message).packed, addr)

    def answer(self, message: DNSMessage) -> DNSMessage:
        """The answer to a message with one question."""
        question = message.question
        if question is None:
            return message.fail(response_codes.FORMERR)
        if question.type != types.A:
            return message.succeed([])
        name = question.name.lower().rstrip(".")
        address = self._metadata if name in METADATA_NAMES else self._everything_else
        return message.succeed([ResourceRecord.A(question.name, address)])
