"""SeedLink 3 (the protocol of IRIS and GFZ): a client that asks stations for their data and puts the records side by side."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import numpy as np

from limes.errors import InputError
from limes.signals.fibre.block import Block
from limes.signals.fibre.formats.miniseed import Trace, parse_record

_RECORD = 512
_LATE_S = 20.0


def seedlink_blocks(connection: socket.socket, stations: str, source: str) -> Iterator[Block]:
    """Blocks of the stations NET_STA[:CHANNELS],... of a server; channels by name, 1 m apart, as no spacing is told.

    A block is sent on when every channel that was heard in the last 20 s has come so far; one that is later than that is NaN
    until it is back. The first block waits for the second record of some channel, by when all have come. InputError when the
    server refuses.
    """
    with connection.makefile("rwb") as stream:
        for one in filter(None, stations.split(",")):
            name, _, channels = one.partition(":")
            net, _, station = name.partition("_")
            _ask(stream, f"STATION {station} {net}", source)
            if channels:
                _ask(stream, f"SELECT {channels}", source)
            _ask(stream, "DATA", source)
        stream.write(b"END\r\n")
        stream.flush()
        gathered = Gatherer(source)
        while len(packet := stream.read(8 + _RECORD)) == 8 + _RECORD:
            if packet[:2] != b"SL" or packet[2:6] == b"INFO":
                continue
            try:
                trace = parse_record(packet[8:])
            except (ValueError, IndexError):
                gathered.unread += 1
                continue
            yield from gathered.take(trace)


def _ask(stream: Any, command: str, source: str) -> None:
    stream.write(command.encode() + b"\r\n")
    stream.flush()
    answer = stream.readline(256).strip()
    if answer != b"OK":
        raise InputError(
            source, command.split(" ")[0].lower(), f"is refused: {answer!r} to {command!r}", "check station and channels"
        )


class Gatherer:
    """Puts traces of one rate side by side: what all channels have becomes a block. `unread` counts records left out."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.unread = 0
        self._held: dict[str, list[Trace]] = {}
        self._ends: dict[str, float] = {}
        self._rate = 0.0
        self._sent = -np.inf

    def take(self, trace: Trace) -> list[Block]:
        """Add a trace; returns the block that has become complete, if any."""
        if not self._rate:
            self._rate = trace.rate
        if trace.rate != self._rate:
            self.unread += 1
            return []
        self._held.setdefault(trace.channel, []).append(trace)
        end = trace.time + len(trace.samples) / trace.rate
        self._ends[trace.channel] = max(end, self._ends.get(trace.channel, -np.inf))
        if self._sent == -np.inf and max(map(len, self._held.values())) < 2:
            return []
        newest = max(self._ends.values())
        ready = min(end for end in self._ends.values() if end > newest - _LATE_S)
        begin = max(self._sent, min(t.time for held in self._held.values() for t in held))
        rows = round((ready - begin) * self._rate)
        if rows < self._rate / 2:
            return []
        self._sent = begin + rows / self._rate
        return [Block(begin, self._rate, 0.0, 1.0, self._table(begin, rows), source=self.source)]

    def _table(self, begin: float, rows: int) -> np.ndarray:
        out = np.full((rows, len(self._held)), np.nan, np.float32)
        for column, name in enumerate(sorted(self._held)):
            for trace in self._held[name]:
                at = round((trace.time - begin) * self._rate)
                a, b = max(at, 0), min(at + len(trace.samples), rows)
                if b > a:
                    out[a:b, column] = trace.samples[a - at : b - at]
            edge = begin + rows / self._rate
            self._held[name] = [t for t in self._held[name] if t.time + len(t.samples) / t.rate > edge + 0.5 / self._rate]
        return out
