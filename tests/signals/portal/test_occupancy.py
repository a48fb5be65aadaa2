from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from limes.errors import InputError
from limes.seeds import generator
from limes.signals.portal import PortalSettings, alarms, occupancies, read_samples, samples_of
from limes.signals.portal.background import follow
from limes.signals.portal.made import SOURCES, STEP_S, Lane, background_of, inject, made_lane
from limes.signals.portal.samples import Samples
from limes.signals.portal.scan import scan
from limes.signals.portal.statistics import spectrum_of
from limes.signals.portal.write import n42_of

SHARED = Path(__file__).parents[4] / "shared/data/spectra/n42"


@pytest.fixture(scope="module")
def lane() -> Samples:
    """Twenty-five minutes with rain, heat and vehicles that shield."""
    return made_lane(Lane(seconds=1500.0, vehicles_per_h=60.0), 31)


def middles(seen: Samples) -> np.ndarray:
    edge = np.diff(seen.occupied.astype(int), prepend=0)
    return seen.time[np.flatnonzero(edge == 1)] + 3.0


def test_a_drifting_background_raises_few_alarms(lane: Samples) -> None:
    found = occupancies(lane)
    assert sum(one.vehicle for one in found) == np.sum(np.diff(lane.occupied.astype(int)) == 1) > 10
    assert alarms(found) <= 2  # at most 4 an hour
    assert float(np.ptp(lane.counts.sum(axis=1).reshape(-1, 400).sum(axis=1))) > 0.05 * float(lane.counts.sum()) / 15


def test_a_tenth_of_the_background_for_three_seconds_is_found(lane: Samples) -> None:
    rng, at = generator(8, "test"), middles(lane)[1:]
    for name in ("60 keV", "662 keV"):
        seen = inject(lane, at, 3.0, np.full(at.size, 100.0), spectrum_of(SOURCES[name]), rng)
        hits = [one for one in occupancies(seen) if one.verdict == "alarm" and one.vehicle]
        assert sum(any(one.start <= t <= one.end for one in hits) for t in at) >= 0.9 * at.size
        assert all("another pattern" in one.reason for one in hits)


def test_activity_with_the_pattern_of_the_ground_counts_by_its_total(lane: Samples) -> None:
    at = middles(lane)[3:4]
    seen = inject(lane, at, 5.0, np.array([800.0]), background_of()[0], generator(9, "test"))
    (one,) = [one for one in occupancies(seen) if one.start <= at[0] <= one.end]
    assert one.verdict == "alarm"
    assert "the background's own pattern" in one.reason


def test_potassium_is_named_as_such(lane: Samples) -> None:
    at = middles(lane)[4:5]
    seen = inject(lane, at, 6.0, np.array([500.0]), spectrum_of(((1461, 1.0),)), generator(10, "test"))
    (one,) = [one for one in occupancies(seen) if one.start <= at[0] <= one.end]
    assert one.potassium
    assert "natural potassium" in one.reason


def test_the_background_is_held_while_a_vehicle_stands_there() -> None:
    time, rate = np.arange(0.0, 120.0, 1.0), np.full((120, 1), 100.0)
    rate[60:100] = 40.0
    free = (time < 60) | (time >= 100)
    held = follow(time, np.ones(120), rate, free)
    assert held.rate[99, 0] == pytest.approx(100.0)
    assert held.age[99] == pytest.approx(39.0)
    loose = follow(time, np.ones(120), rate, np.ones(120, bool))
    assert loose.rate[99, 0] < 75.0


def test_shielding_is_said_and_is_no_alarm() -> None:
    seen = made_lane(Lane(seconds=600.0, rain=0.0, wander=0.0), 3)
    quiet = replace(seen, occupied=np.zeros(len(seen.time), bool))
    cover = (seen.time > 300) & (seen.time < 320)
    dark = replace(quiet, counts=np.where(cover[:, None], np.floor(0.6 * quiet.counts), quiet.counts), occupied=cover)
    one = next(one for one in occupancies(dark) if one.vehicle)
    assert one.verdict == "no alarm"
    assert "shielding" in one.reason
    assert one.shielded > 0.3


def test_what_comes_first_cannot_be_judged() -> None:
    seen = made_lane(Lane(seconds=120.0), 4)
    first = replace(seen, occupied=seen.time < 8.0)
    (one,) = [one for one in occupancies(first) if one.vehicle]
    assert one.verdict == "cannot say"
    assert "background" in one.reason


def test_without_occupancy_the_seconds_themselves_are_judged() -> None:
    seen = made_lane(Lane(seconds=300.0, vehicles_per_h=0.01), 5)
    strong = inject(seen, np.array([200.0]), 4.0, np.array([400.0]), spectrum_of(SOURCES["356 keV"]), generator(1, "x"))
    for told in (True, False):
        whole = replace(strong, told=told, occupied=np.ones(len(seen.time), bool))
        (one,) = occupancies(whole)
        assert one.verdict == "alarm"
        assert one.at == pytest.approx(200.0, abs=4.0)
        (calm,) = occupancies(replace(whole, counts=seen.counts))
        assert calm.verdict == "no alarm"


def test_a_file_comes_back_as_it_was_and_means_the_same(lane: Samples) -> None:
    part = lane.part(lane.time < 200.0)
    again = samples_of(n42_of(part, detectors=3), "made.n42")
    assert again.detectors == ("D1", "D2", "D3")
    np.testing.assert_allclose(again.live, part.live, atol=1e-6)
    np.testing.assert_array_equal(again.occupied, part.occupied)
    assert [one.verdict for one in occupancies(again)] == [one.verdict for one in occupancies(part)]


def test_samples_without_all_detectors_are_left_out(lane: Samples) -> None:
    data = n42_of(lane.part(lane.time < 10.0), detectors=2).decode()
    cut = data.replace("radDetectorInformationReference='D2'", "radDetectorInformationReference='D9'", 1)
    seen = samples_of(cut.encode(), "cut.n42")
    assert (len(seen.time), seen.dropped) == (39, 1)


@pytest.mark.parametrize("wrong", ["PT0.000000S", "soon"])
def test_without_times_there_is_no_rate(lane: Samples, wrong: str) -> None:
    data = n42_of(lane.part(lane.time < 1.0)).decode().replace(f"PT{lane.live[0]:.6f}S", wrong)
    with pytest.raises(InputError, match="LiveTime"):
        samples_of(data.encode(), "a.n42")


def test_negative_counts_are_refused(lane: Samples) -> None:
    data = n42_of(lane.part(lane.time < 1.0)).decode().replace("<ChannelData>0", "<ChannelData>-5", 1)
    data = data.replace("<CoefficientValues>2.0", "<CoefficientValues>200.0")
    with pytest.raises(InputError, match="no detector gives"):
        samples_of(data.encode(), "a.n42")


def test_the_same_seed_gives_the_same_lane() -> None:
    one, two = (made_lane(Lane(seconds=90.0), 6) for _ in range(2))
    np.testing.assert_array_equal(one.counts, two.counts)


def test_a_real_passage_and_a_real_source() -> None:
    if not SHARED.is_dir():
        pytest.skip("the gamma samples are not beside the checkout")
    seen, digests = read_samples([SHARED / "passthrough.n42"])
    assert (len(seen.time), len(seen.detectors), len(digests[0])) == (133, 8, 64)
    (passage,) = occupancies(seen)
    assert passage.verdict == "alarm"
    empty, _ = read_samples([SHARED / "background_20100317.n42"])
    source, _ = read_samples([SHARED / "ba133_source_640s_20100317.n42"])
    start = (empty.counts.sum(axis=0), float(empty.live.sum()))
    (one,) = occupancies(source, start=start)
    assert one.verdict == "alarm"
    assert one.low < 356.0 < one.high * 1.1
    (nothing,) = occupancies(empty, start=start)
    assert nothing.verdict == "no alarm"


def test_scan_gives_one_row_a_sample(lane: Samples) -> None:
    found = scan(lane, PortalSettings())
    assert found.gross.shape == found.shape.shape == lane.time.shape
    assert np.isnan(found.gross[: int(10.0 / STEP_S)]).all()
