"""Live sources: what is sent arrives, whatever the transport; what is wrong is named."""

from __future__ import annotations

import importlib.util
import socket
import struct
import threading
from contextlib import contextmanager
from itertools import islice

import numpy as np
import pytest

from limes.errors import InputError, UsageError
from limes.signals.fibre.block import Block
from limes.signals.fibre.formats.miniseed import Trace
from limes.signals.fibre.live import LiveLost, decode_head, encode_block, live_blocks
from limes.signals.fibre.seedlink import Gatherer

VALUES = np.random.default_rng(1).integers(-99, 99, (200, 6)).astype(np.int16)


@contextmanager
def serving(talk):
    """A server that talks to one caller; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run():
            with server.accept()[0] as caller:
                talk(caller)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32"])
def test_blocks_over_tcp(dtype):
    blocks = [Block(k, 200.0, 3.0, 5.0, (VALUES + k).astype(dtype), 0.5, "rad", 10.0) for k in range(3)]
    with serving(lambda caller: [caller.sendall(encode_block(block)) for block in blocks]) as port:
        got = list(live_blocks(f"tcp://127.0.0.1:{port}", 5.0))
    assert len(got) == 3
    for sent, one in zip(blocks, got, strict=True):
        assert (one.time, one.rate, one.start, one.spacing, one.scale, one.gauge) == (sent.time, 200.0, 3.0, 5.0, 0.5, 10.0)
        assert one.values.dtype == dtype
        assert np.array_equal(one.values, sent.values)


def test_a_source_that_hangs_up_within_a_block_is_named():
    data = encode_block(Block(0.0, 200.0, 0.0, 5.0, VALUES))[:-5]
    with serving(lambda caller: caller.sendall(data)) as port, pytest.raises(LiveLost, match="middle of a block"):
        list(live_blocks(f"tcp://127.0.0.1:{port}", 5.0))


@pytest.mark.parametrize(
    "head", [b"hello", b"{}", b'{"time":0,"rate":0,"start":0,"spacing":1,"rows":5,"channels":2,"dtype":"int16"}', b"[1]"]
)
def test_headers_that_cannot_be_meant(head):
    with pytest.raises(InputError, match="header"):
        decode_head(head, "x")


@pytest.mark.parametrize("address", ["here", "http://x:1", "tcp://x", "tcp://x:y"])
def test_addresses_that_are_none(address):
    with pytest.raises(UsageError, match="not a live source"):
        next(live_blocks(address))


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(LiveLost, match="is the source running"):
        next(live_blocks(f"tcp://127.0.0.1:{port}", 1.0))


@pytest.mark.skipif(importlib.util.find_spec("zmq") is not None, reason="pyzmq is installed")
def test_zeromq_says_what_it_needs():
    with pytest.raises(UsageError, match="pyzmq"):
        next(live_blocks("zmq://127.0.0.1:5555"))


def record(channel, values, time):
    head = bytearray(64)
    head[:20] = b"000001D STA  00" + channel.encode() + b"XX"
    moment = np.datetime64(round(time * 1e4) * 100, "us").astype(object)
    fields = (moment.year, moment.timetuple().tm_yday, moment.hour, moment.minute, moment.second, 0, moment.microsecond // 100)
    struct.pack_into(">HHBBBBH", head, 20, *fields)
    struct.pack_into(">Hhh4BiHH", head, 30, len(values), 100, 1, 0, 0, 0, 1, 0, 64, 48)
    struct.pack_into(">HHBBBB", head, 48, 1000, 0, 3, 1, 9, 0)
    return (bytes(head) + values.astype(">i4").tobytes()).ljust(512, b"\0")


def test_seedlink_puts_channels_side_by_side():
    data = {name: np.arange(400, dtype=np.int32) * (k + 1) for k, name in enumerate(("HHE", "HHN", "HHZ"))}
    asked = []

    def talk(caller):
        with caller.makefile("rwb") as stream:
            while (line := stream.readline().strip()) != b"END":
                asked.append(line)
                stream.write(b"OK\r\n")
                stream.flush()
            for a in range(0, 400, 100):
                for name, values in data.items():
                    stream.write(b"SL000001" + record(name, values[a : a + 100], 1000.0 + a / 100))
            stream.flush()

    with serving(talk) as port:
        got = list(live_blocks(f"seedlink://127.0.0.1:{port}/XX_STA:HH?", 5.0))
    assert asked == [b"STATION STA XX", b"SELECT HH?", b"DATA"]
    joined = np.concatenate([block.values for block in got])
    assert got[0].time == 1000.0
    assert np.array_equal(joined, np.column_stack(list(data.values())))


def test_seedlink_refusals_are_told():
    def talk(caller):
        with caller.makefile("rwb") as stream:
            stream.readline()
            stream.write(b"ERROR\r\n")
            stream.flush()

    with serving(talk) as port, pytest.raises(InputError, match="is refused"):
        next(live_blocks(f"seedlink://127.0.0.1:{port}/XX_STA", 5.0))


def test_a_channel_that_stays_away_does_not_hold_up_the_others():
    gatherer = Gatherer("x")
    blocks = gatherer.take(Trace("a", 0.0, 10.0, np.ones(10))) + gatherer.take(Trace("b", 0.0, 10.0, np.ones(10)))
    for k in range(1, 40):
        blocks += gatherer.take(Trace("a", float(k), 10.0, np.ones(10)))
    assert sum(len(block.values) for block in blocks) >= 390
    assert np.isnan(blocks[-1].values[:, 1]).all()
    assert not list(islice(gatherer.take(Trace("c", 40.0, 50.0, np.ones(10))), 1))
    assert gatherer.unread == 1
