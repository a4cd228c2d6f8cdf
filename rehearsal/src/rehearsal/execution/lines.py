"""Cuts a stream of bytes into lines."""

from collections.abc import Iterator

LONGEST_LINE_BYTES = 256 * 1024
"""Cloud Logging takes no larger entry; https://cloud.google.com/logging/quotas."""


class Lines:
    """Gives lines as soon as they are whole, without their ends; cuts one that is too long."""

    def __init__(self, longest: int = LONGEST_LINE_BYTES) -> None:
        self._longest = longest
        self._rest = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The lines that are whole now."""
        *whole, self._rest = (self._rest + piece).split(b"\n")
        for line in whole:
            yield from self._cut(line.removesuffix(b"\r"))
        while len(self._rest) > self._longest:
            yield self._rest[: self._longest]
            self._rest = self._rest[self._longest :]

    def end(self) -> Iterator[bytes]:
        """The last line, if nothing ended it."""
        rest, self._rest = self._rest, b""
        if rest:
            yield rest

    def _cut(self, line: bytes) -> Iterator[bytes]:
        yield line[: self._longest]
        for start in range(self._longest, len(line), self._longest):
            yield line[start : start + self._longest]
