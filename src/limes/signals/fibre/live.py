"""Live sources: blocks over TCP or ZeroMQ, and SeedLink.

A block on the wire is one line of JSON (`time`, `rate`, `start`, `spacing`, `rows`, `channels`, `dtype` of int16, int32 or
float32, and `scale`, `unit`, `gauge` where known), a line feed, and the samples, little-endian, channels innermost. See
docs/guides/fibre.md.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import orjson

from limes.errors import InputError, LimesError, UsageError
from limes.signals.fibre.block import Block
from limes.signals.fibre.seedlink import seedlink_blocks

_DTYPES = {"int16": "<i2", "int32": "<i4", "float32": "<f4"}
_LONGEST_HEAD = 4096
_LARGEST = 1 << 30


class LiveLost(LimesError):
    """A live source hung up or does not answer."""


def live_blocks(address: str, timeout: float = 30.0) -> Iterator[Block]:
    """Blocks of a live source: tcp://HOST:PORT, zmq://HOST:PORT or seedlink://HOST:PORT/NET_STA[:CHANNELS],...

    `LiveLost` when it hangs up in the middle of a block or is silent for `timeout` seconds; `UsageError` for an address that is
    none.
    """
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme not in ("tcp", "zmq", "seedlink") or not host or not port:
        raise UsageError(
            f"{address!r} is not a live source; give tcp://HOST:PORT, zmq://HOST:PORT or seedlink://HOST:PORT/NET_STA"
        )
    if parts.scheme == "zmq":
        yield from _zmq(f"tcp://{host}:{port}", timeout)
        return
    try:
        with socket.create_connection((host, port), timeout) as connection:
            if parts.scheme == "seedlink":
                yield from seedlink_blocks(connection, address.partition("://")[2].partition("/")[2], address)
            else:
                yield from _tcp(connection, address)
    except OSError as fault:
        raise LiveLost(f"{address}: {fault.strerror or fault}; is the source running?") from None


def encode_block(block: Block) -> bytes:
    """A block as it goes over the wire."""
    dtype = block.values.dtype.name
    said: dict[str, Any] = {"time": block.time, "rate": block.rate, "start": block.start, "spacing": block.spacing}
    said |= {"rows": len(block.values), "channels": block.values.shape[1], "dtype": dtype, "scale": block.scale}
    said |= {"unit": block.unit} | ({} if math.isnan(block.gauge) else {"gauge": block.gauge})
    return orjson.dumps(said) + b"\n" + block.values.astype(_DTYPES[dtype], order="C").tobytes()


def decode_head(line: bytes, source: str) -> tuple[dict[str, Any], int]:
    """The header of a block and the bytes that follow it; InputError for one that cannot be meant."""
    try:
        said = orjson.loads(line)
        rows, channels = int(said["rows"]), int(said["channels"])
        numbers = [float(said[name]) for name in ("time", "rate", "start", "spacing")]
        dtype = np.dtype(_DTYPES[said["dtype"]])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as fault:
        cure = "send time, rate, start, spacing, rows, channels and dtype"
        raise InputError(source, "header", f"is not that of a block ({fault})", cure) from None
    size = rows * channels * dtype.itemsize
    if not (0 < size <= _LARGEST and rows > 0 and all(map(math.isfinite, numbers)) and numbers[1] > 0):
        raise InputError(source, "header", "has numbers that cannot be meant", "send a second or so of samples in a block")
    return said, size


def decode_block(said: dict[str, Any], payload: bytes, source: str) -> Block:
    """A block of its header and its samples."""
    values = np.frombuffer(payload, _DTYPES[said["dtype"]]).reshape(int(said["rows"]), int(said["channels"]))
    where = tuple(float(said[name]) for name in ("time", "rate", "start", "spacing"))
    scale, gauge = float(said.get("scale", 1.0)), float(said.get("gauge", "nan"))
    values = values.astype(values.dtype.newbyteorder("="))
    return Block(where[0], where[1], where[2], where[3], values, scale, str(said.get("unit", "")), gauge, source)


def _tcp(connection: socket.socket, source: str) -> Iterator[Block]:
    with connection.makefile("rb") as stream:
        while line := stream.readline(_LONGEST_HEAD):
            said, size = decode_head(line, source)
            payload = stream.read(size)
            if payload is None or len(payload) < size:
                raise LiveLost(f"{source}: hung up in the middle of a block")
            yield decode_block(said, payload, source)


def _zmq(address: str, timeout: float) -> Iterator[Block]:
    try:
        import zmq
    except ModuleNotFoundError:
        raise UsageError('zmq:// needs pyzmq; install it: pip install "limes[fibre-live]"') from None
    with zmq.Context() as context, context.socket(zmq.SUB) as hearer:
        hearer.setsockopt(zmq.SUBSCRIBE, b"")
        hearer.setsockopt(zmq.RCVTIMEO, round(timeout * 1000))
        hearer.connect(address)
        while True:
            try:
                head, _, payload = hearer.recv().partition(b"\n")
            except zmq.Again:
                raise LiveLost(f"{address}: silent for {timeout:g} s") from None
            said, size = decode_head(head, address)
            if len(payload) != size:
                raise InputError(
                    address, "rows", f"need {size} bytes and {len(payload)} came", "send header and samples as one message"
                )
            yield decode_block(said, payload, address)
