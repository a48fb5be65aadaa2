import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.signals.survey.formats.radar import RadarLine, read_radar
from limes.signals.survey.hyperbola import picks

REAL = Path(__file__).parents[5] / "shared/data/geophysics/gpr"


def traces(count=60, samples=128, x0=3.0, t0=20.0, v=0.1, step=0.5, spacing=0.1):
    """A diffraction at x0, two-way time t0, and a layer, in noise."""
    x, t = spacing * np.arange(count), step * np.arange(samples)
    arrival = np.sqrt(t0**2 + 4.0 * (x - x0) ** 2 / v**2)
    pulse = (1.0 - ((t[None, :] - arrival[:, None]) / 1.2) ** 2) * np.exp(-(((t[None, :] - arrival[:, None]) / 1.2) ** 2))
    layer = np.exp(-(((t - 45.0) / 1.2) ** 2))[None, :]
    noise = 0.05 * np.random.default_rng(1).standard_normal((count, samples))
    return np.round(8000.0 * (pulse + layer + noise)).astype(int)


def dzt(values):
    head = bytearray(1024)
    struct.pack_into("<HHHHh", head, 0, 0x00FF, 1024, values.shape[1], 16, 0)
    struct.pack_into("<ff", head, 10, 50.0, 10.0)
    struct.pack_into("<ff", head, 22, 0.0, 0.5 * values.shape[1])
    struct.pack_into("<H", head, 52, 1)
    return bytes(head) + (values + 32768).astype("<u2").tobytes()


def dt1(values):
    rows = []
    for i, trace in enumerate(values):
        head = np.zeros(32, "<f4")
        head[:2] = i, 0.1 * i
        rows.append(head.tobytes() + trace.astype("<i2").tobytes())
    notes = (
        f"1234\nNUMBER OF PTS/TRC   = {values.shape[1]}\nTIMEZERO AT POINT  = 0\nTOTAL TIME WINDOW  = {0.5 * values.shape[1]}\n"
    )
    return b"".join(rows), notes.encode()


def segy(values):
    head = bytearray(3600)
    for at, number in ((3216, 500), (3220, values.shape[1]), (3224, 3)):
        struct.pack_into(">H", head, at, number)
    rows = []
    for i, trace in enumerate(values):
        own = bytearray(240)
        struct.pack_into(">h", own, 70, -100)
        struct.pack_into(">i", own, 80, 10 * i)
        rows.append(bytes(own) + trace.astype(">i2").tobytes())
    return bytes(head) + b"".join(rows)


RAD = b"SAMPLES:128\nTIMEWINDOW:64.0\nDISTANCE INTERVAL:0.1\n"


@pytest.fixture(scope="module")
def written():
    values = traces()
    return {
        "a.dzt": (dzt(values), b""), "a.dt1": dt1(values), "a.sgy": (segy(values), b""),
        "a.rd3": (values.astype("<i2").tobytes(), RAD), "a.rd7": (values.astype("<i4").tobytes(), RAD),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.dzt", "a.dt1", "a.sgy", "a.rd3", "a.rd7"])
def test_every_format_gives_the_same_line(written, name):
    line = read_radar(written[name][0], name, written[name][1])
    assert line.traces[:, 2:] == pytest.approx(traces()[:, 2:])
    assert line.x == pytest.approx(0.1 * np.arange(60), abs=1e-5)
    assert line.step_ns == pytest.approx(0.5)


def test_the_hyperbola_is_picked_and_the_layer_is_not():
    found = picks(RadarLine(traces().astype(float), 0.1 * np.arange(60), 0.5))
    assert found[0].x == pytest.approx(3.0, abs=0.15)
    assert found[0].depth == pytest.approx(1.0, abs=0.15)
    assert found[0].velocity == pytest.approx(0.1, abs=0.011)
    assert all(pick.score < 0.45 * found[0].score for pick in found[1:])


def test_a_layer_alone_leaves_no_pick():
    layer = traces(x0=500.0)
    assert not picks(RadarLine(layer.astype(float), 0.1 * np.arange(60), 0.5), least=0.3)


@pytest.mark.parametrize("name", ["a.dzt", "a.dt1", "a.sgy", "a.rd3"])
@pytest.mark.parametrize("size", [0, 100, 250])
def test_a_cut_file_is_one_line(written, name, size):
    data, beside = written[name]
    with pytest.raises(InputError, match=r"cut short|bytes"):
        read_radar(data[:size], name, beside)


def test_a_missing_header_names_its_file():
    with pytest.raises(InputError, match="HD: file is missing; put the HD file"):
        read_radar(b"x" * 5000, "a.dt1")


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=5000), st.sampled_from(["a.dzt", "a.dt1", "a.rd3", "a.sgy"]))
def test_any_bytes_are_read_or_refused(data, name):
    with np.errstate(all="ignore"):
        try:
            read_radar(data, name, RAD)
        except InputError:
            return


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the development data beside the repository")
def test_real_files():
    dune = read_radar((REAL / "gssi_dune_032.DZT").read_bytes(), "gssi_dune_032.DZT")
    assert dune.traces.shape == (1040, 512)
    assert dune.step_ns == pytest.approx(48.0 / 512)
    warr = read_radar((REAL / "sns_warr.DT1").read_bytes(), "a.dt1", (REAL / "sns_warr.HD").read_bytes())
    assert warr.traces.shape == (164, 1900)
    assert warr.x[[0, 1]] == pytest.approx([0.6, 0.7], abs=0.01)
