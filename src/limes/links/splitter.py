"""Bytes into lines, with bounded memory whatever the sender does."""

from __future__ import annotations

MAX_LINE = 1 << 20
"""Longest line accepted, bytes (1 MiB)."""


class LineSplitter:
    r"""Cuts a byte stream at newlines; of a line over `limit` bytes it keeps the first `limit` + 1 and drops the rest.

    The kept start is longer than the limit, so that the parser refuses it as too long and the refusal can show what it was.

    >>> lines = LineSplitter(limit=4)
    >>> lines.feed(b"ab\ncdef"), lines.feed(b"ghij"), lines.feed(b"k\nl\n")
    ([b'ab'], [], [b'cdefg', b'l'])
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self.limit = limit
        self._parts: list[bytes] = []
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes of an unfinished line in memory; at most `limit` + 1."""
        return self._held

    def feed(self, chunk: bytes) -> list[bytes]:
        """Add received bytes; return the lines they complete, without their line ends."""
        *whole, rest = chunk.split(b"\n")
        lines = []
        for piece in whole:
            self._hold(piece)
            lines.append(self._take())
        self._hold(rest)
        return lines

    def end(self) -> list[bytes]:
        """Return the last line when the stream ended without a newline."""
        return [self._take()] if self._held else []

    def _hold(self, piece: bytes) -> None:
        piece = piece[: self.limit + 1 - self._held]
        if piece:
            self._parts.append(piece)
            self._held += len(piece)

    def _take(self) -> bytes:
        line = b"".join(self._parts)
        self._parts, self._held = [], 0
        return line if len(line) > self.limit else line.removesuffix(b"\r")
