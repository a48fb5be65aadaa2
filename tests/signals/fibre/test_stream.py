"""The pass over a stream: the same however it is cut, right against SciPy, and honest about what breaks it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from limes.signals.fibre.bands import BANDS, design
from limes.signals.fibre.block import Block, native
from limes.signals.fibre.stream import Stream


def noise(rows, channels, dtype=np.float32, seed=3):
    return (200.0 * np.random.default_rng(seed).standard_normal((rows, channels))).astype(dtype)


def passed(values, rate, cuts=(), common=True, threads=2, time=100.0):
    """What the pass makes of samples that arrive cut at some rows: power, ratio, decimated rows."""
    edges = sorted({0, *(c for c in cuts if 0 < c < len(values)), len(values)})
    out = []
    with Stream(common, threads) as stream:
        for a, b in pairwise(edges):
            out += stream.feed(Block(time + a / rate, rate, 0.0, 5.0, values[a:b], 0.5))
        out += stream.end()
        assert not stream.notes
    return (np.concatenate([getattr(one, name) for one in out]) for name in ("power", "ratio", "thin")), out


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 1499), max_size=12),
    rate=st.sampled_from([100.0, 312.5, 500.0, 1000.0]),
    channels=st.integers(1, 140),
    dtype=st.sampled_from([np.int16, np.int32, np.float32]),
    threads=st.integers(1, 3),
)
def test_it_does_not_matter_how_a_stream_is_cut(cuts, rate, channels, dtype, threads):
    values = noise(1500, channels, dtype)
    whole, _ = passed(values, rate, threads=1)
    parts, _ = passed(values, rate, cuts, threads=threads)
    for a, b in zip(whole, parts, strict=True):
        assert a.shape == b.shape
        assert np.array_equal(a, b, equal_nan=True)


def test_bins_follow_one_another_whatever_the_cut():
    _, out = passed(noise(3000, 4), 500.0, [7, 333, 334, 2011])
    times = np.concatenate([one.time + one.bin_s * np.arange(len(one.power)) for one in out])
    assert times[0] == 100.0
    assert np.allclose(np.diff(times), 0.04, atol=1e-9)
    rows = np.concatenate([one.thin_time + np.arange(len(one.thin)) / one.thin_rate for one in out if len(one.thin)])
    assert np.allclose(np.diff(rows), 1.0 / 250.0, atol=1e-9)


def test_energies_and_decimation_are_those_of_scipy_in_double_precision():
    values, rate = noise(4000, 3), 1000.0
    (power, _, thin), _ = passed(values, rate, [1234], common=False)
    x = 0.5 * (values.astype(float) - values[0])
    low = signal.sosfilt(signal.butter(8, 100.0, fs=rate, output="sos"), x, axis=0)[::4]
    assert np.allclose(thin, low, atol=2e-3 * low.std())
    for k, (a, b) in enumerate(BANDS):
        full = k == 4
        sos = signal.butter(2, [a, b], "bandpass", fs=rate if full else 250.0, output="sos")
        y = signal.sosfilt(sos, x if full else low, axis=0) ** 2
        expected = y.reshape(100, -1, 3).mean(axis=1)
        assert np.allclose(power[:, k], expected, rtol=5e-3, atol=1e-3 * expected.mean())


def test_short_over_long_average_is_the_recursion_of_the_definition():
    values, rate = noise(1500, 2), 250.0
    (_, ratio, thin), _ = passed(values, rate, common=False)
    plan = design(rate)
    y = [signal.sosfilt(plan.bands[k].astype(float), thin.astype(float), axis=0) ** 2 for k in (1, 2, 3)]
    e, s, m, expected = sum(y), 0.0, 0.0, []
    for row in e:
        s, m = s + (row - s) / (0.2 * 250.0), m + (row - m) / (5.0 * 250.0)
        expected.append(s / (m + 1e-30))
    expected = np.array(expected).reshape(-1, 10, 2).max(axis=1)
    assert np.allclose(ratio, expected, rtol=1e-2)


def test_what_all_channels_show_at_once_is_taken_out():
    shared = 1e4 * np.sin(np.arange(2000) * 0.3)[:, None]
    values = (noise(2000, 50) + shared).astype(np.float32)
    (with_it, _, _), _ = passed(values, 250.0)
    (without, _, _), _ = passed(noise(2000, 50), 250.0)
    assert np.median(with_it[50:, 2] / without[50:, 2]) == pytest.approx(1.0, abs=0.05)


def test_bands_beyond_the_rate_are_nan_and_the_first_moments_are_marked():
    (power, _, _), out = passed(noise(600, 2), 100.0)
    assert np.isnan(power[:, 3:]).all()
    assert np.isfinite(power[:, :3]).all()
    assert out[0].settled.tolist() == [False] * 50 + [True] * 100


def feed(*blocks):
    with Stream() as stream:
        out = [one for block in blocks for one in stream.feed(block)] + stream.end()
    return out, [(note.kind, note.time) for note in stream.notes], stream.notes


def test_a_gap_a_clock_that_goes_back_and_a_change_begin_new_epochs_and_lose_nothing():
    x, y = noise(505, 8), noise(505, 6)
    out, kinds, notes = feed(
        Block(0.0, 250.0, 0.0, 5.0, x),
        Block(10.0, 250.0, 0.0, 5.0, x),
        Block(9.0, 250.0, 0.0, 5.0, x),
        Block(9.0 + 505 / 250.0, 250.0, 0.0, 5.0, y),
        Block(9.0 + 1010 / 250.0, 500.0, 0.0, 5.0, y),
    )
    assert [kind for kind, _ in kinds] == ["gap", "clock", "change", "change"]
    assert "8 channels at 250 Hz, 5 m apart became 6" in notes[2].text
    rows = {epoch: sum(len(one.thin) for one in out if one.epoch == epoch) for epoch in range(1, 6)}
    assert rows == {1: 505, 2: 505, 3: 505, 4: 505, 5: 253}
    ends = [max(o.time + o.bin_s * len(o.power) for o in out if o.epoch == e) for e in (1, 2)]
    assert ends == pytest.approx([2.04, 12.04])
    assert not any(one.settled[:50].any() for one in out if one.time in (0.0, 10.0, 9.0))


def test_what_is_no_number_is_named_and_does_not_spread():
    x = noise(1000, 4)
    x[300, 1], x[301, 2] = np.nan, np.inf
    out, kinds, notes = feed(Block(0.0, 250.0, 0.0, 5.0, x))
    assert kinds == [("numbers", 0.0)]
    assert "2 of 4000" in notes[0].text
    assert np.isfinite(out[0].power[:, :3]).all()


def test_small_drift_of_a_clock_is_no_gap():
    x = noise(250, 3)
    _, kinds, _ = feed(*(Block(k * 1.00002, 250.0, 0.0, 5.0, x) for k in range(50)))
    assert not kinds


@pytest.mark.parametrize("rate", [5.0, 12_500.0, float("nan")])
def test_a_rate_that_the_filters_are_not_made_for_is_refused(rate):
    with pytest.raises(ValueError, match="outside 20 to 4000"):
        design(rate)


@pytest.mark.parametrize(
    ("given_type", "taken"), [(">i2", "int16"), ("u1", "int16"), ("u2", "int32"), ("f8", "float32"), ("<i8", "float32")]
)
def test_every_number_type_becomes_one_of_three(given_type, taken):
    assert native(np.ones((2, 3), given_type)).dtype == taken


def test_what_is_not_a_number_is_refused():
    with pytest.raises(TypeError, match="numbers"):
        native(np.zeros((2, 2), complex))


def test_a_dead_channel_stays_dead_while_the_common_mode_is_taken_out():
    shared = 1e3 * np.sin(np.arange(1000) * 0.3)[:, None]
    values = (noise(1000, 50) + shared).astype(np.float32)
    values[:, 20:23] = 7.0
    (power, _, _), _ = passed(values, 250.0)
    assert not power[:, :4, 20:23].any()
    assert (power[60:, 2, :20] > 0).all()
