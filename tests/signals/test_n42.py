from __future__ import annotations

import time
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.signals.n42 import MOST_CHANNELS, counted_zeroes, epoch_of, gamma_spectra, seconds_of

SPECTRUM = (
    "<Spectrum Detector='A'><LiveTime>PT0.2S</LiveTime>{more}"
    "<Calibration Type='Energy'><Equation><Coefficients>0 3 0</Coefficients></Equation></Calibration>"
    "<ChannelData Compression='CountedZeroes'>0 4 7 0 2</ChannelData></Spectrum>"
)


def sample(number: int, occupied: int, more: str = "") -> str:
    when = f"<StartTime>2026-01-20T00:00:0{number}+03:00</StartTime><SampleRealTime>PT0.25S</SampleRealTime>"
    return f"<DetectorData>{when}<Occupied>{occupied}</Occupied>{SPECTRUM.format(more=more)}</DetectorData>"


def test_samples_keep_time_occupancy_and_order() -> None:
    data = f"<a>{sample(1, 0)}{sample(2, 1, '<SourceType>Background</SourceType>')}</a>".encode()
    first, second = gamma_spectra(data, "a.n42")
    assert (first.sample, second.sample) == (0, 1)
    assert (first.occupied, second.occupied) == (False, True)
    assert (first.background, second.background) == (False, True)
    assert second.start - first.start == 1.0
    assert (first.live_s, first.real_s) == (0.2, 0.25)
    assert first.counts.tolist() == [0, 0, 0, 0, 7, 0, 0]
    assert first.energy.tolist() == [0, 3, 6, 9, 12, 15, 18]


@given(st.lists(st.sampled_from([0, 0, 0, 1, 5]), min_size=1, max_size=40))
def test_runs_of_zeroes_come_back(values: list[int]) -> None:
    packed: list[int] = []
    for k, value in enumerate(values):
        if value:
            packed.append(value)
        elif k and values[k - 1] == 0:
            packed[-1] += 1
        else:
            packed += [0, 1]
    assert counted_zeroes(np.array(packed, float), "a").tolist() == values


@pytest.mark.parametrize("packed", [[0.0], [5.0, 0.0], [0.0, 0.0], [0.0, 1.5], [0.0, -3.0], [0.0, MOST_CHANNELS + 1.0]])
def test_absurd_runs_are_refused(packed: list[float]) -> None:
    with pytest.raises(InputError, match="zeroes"):
        counted_zeroes(np.array(packed), "a")


def test_a_small_file_cannot_ask_for_much_memory() -> None:
    swollen = SPECTRUM.format(more="").replace("0 4 7 0 2", f"0 {MOST_CHANNELS}")
    spectra = gamma_spectra(f"<a>{swollen * 200}</a>".encode(), "a.n42")
    assert {one.counts.size for one in islice(spectra, 64)} == {MOST_CHANNELS}
    with pytest.raises(InputError, match="million channels"):
        next(spectra)


def test_a_deep_document_takes_one_pass() -> None:
    deep = 40_000
    data = f"{'<DetectorData>' * deep}{SPECTRUM.format(more='')}{'</DetectorData>' * deep}".encode()
    began = time.process_time()
    (one,) = gamma_spectra(data, "a.n42")
    assert one.sample == deep - 1
    assert time.process_time() - began < 60.0


@pytest.mark.parametrize(
    "data", [b"<!DOCTYPE a><a/>", "<!DOCTYPE a><a/>".encode("utf-16"), b"<a><b></a>", b"<a/>", b"\x00", b"<a>&b;</a>", b""]
)
def test_hostile_and_broken_xml_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        list(gamma_spectra(data, "a.n42"))


@settings(deadline=None)
@given(st.text(max_size=30))
def test_times_never_raise(text: str) -> None:
    assert isinstance(seconds_of(text), float)
    assert isinstance(epoch_of(text), float)


def test_durations() -> None:
    assert seconds_of("P1DT1H1M1S") == 90_061.0
    assert np.isnan(seconds_of("P"))
