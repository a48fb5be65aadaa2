"""Scenario files: what is read and what is not, bearings turned, looks that saw nothing, what is worth reporting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from limes.columns import TRACK, Kind
from limes.errors import InputError
from limes.tracking import Tracker
from limes.tracking.scenario import read_scenario, run_scenario, worth_reporting, write_estimates

SENSORS = {
    "kind": ["xy", "rbd"], "name": ["plots", "radar"], "x": [0.0, 0.0], "y": [0.0, -1000.0], "period": [5.0, 5.0],
    "sigma_a": [10.0, 10.0], "sigma_b": [10.0, 1e-3], "sigma_c": [np.nan, 0.3], "pd": [0.9, 0.9], "clutter": [1.0, 1.0],
    "area": [1e8, 1e8], "mdv": [0.0, 0.7], "range": [np.inf, np.inf], "bias_a": [0.0, 9.0], "bias_b": [0.0, 9.0],
}  # fmt: skip


def columns(times=(0.0, 5.0, 10.0, 15.0, 25.0, 30.0)):
    """One thing that drives north at 10 m/s, seen by positions but for the look at 20 s."""
    n, times = len(times), np.array(times)
    out = {f"sensor_{name}": np.array(column) for name, column in SENSORS.items()}
    out |= {"det_time": times, "det_arrival": times, "det_batch": np.arange(n), "det_sensor": np.zeros(n, int)}
    out |= {"det_a": np.zeros(n), "det_b": 10.0 * times, "det_c": np.full(n, np.nan), "det_truth": np.zeros(n, int)}
    return out | {
        "score_time": np.array([30.0]),
        "gospa_c": np.float64(100.0),
        "truth_id": np.array(["not to be opened"], object),
    }


def test_reads_neither_truth_nor_true_biases(tmp_path):
    np.savez(tmp_path / "s.npz", **columns())
    scenario = read_scenario(tmp_path / "s.npz")
    assert scenario.sensors["id"].tolist() == ["plots", "radar"]
    assert scenario.sensors["surveyed"].tolist() == [True, False]
    assert scenario.cutoff == 100.0


def test_a_look_that_saw_nothing_is_put_in(tmp_path):
    np.savez(tmp_path / "s.npz", **columns())
    rows = read_scenario(tmp_path / "s.npz").detections
    (blank,) = rows[rows["kind"] == Kind.EMPTY]
    assert (blank["time"], blank["sensor"]) == (20.0, 0)
    assert (np.diff(rows["arrival"]) >= 0).all()


def test_bearings_turn_from_east_anticlockwise_to_north_clockwise(tmp_path):
    data = columns((0.0, 5.0, 10.0))
    data |= {"det_sensor": np.ones(3, int), "det_a": np.full(3, 500.0), "det_b": np.array([0.0, math.pi / 2, -3.0])}
    np.savez(tmp_path / "s.npz", **data)
    bearing = read_scenario(tmp_path / "s.npz").detections["bearing"]
    assert bearing[:2] == pytest.approx([math.pi / 2, 0.0])
    assert bearing[2] == pytest.approx(math.pi / 2 + 3.0 - 2 * math.pi)


def test_runs_and_writes_estimates(tmp_path):
    np.savez(tmp_path / "s.npz", **columns())
    scenario = read_scenario(tmp_path / "s.npz")
    estimates = run_scenario(scenario, Tracker(scenario.sensors))
    write_estimates(tmp_path / "e.npz", estimates)
    with np.load(tmp_path / "e.npz") as file:
        assert file["est_time"].tolist() == [30.0]
        assert file["est_y"][0] == pytest.approx(300.0, abs=15.0)
        assert file["run_detections"] == 6


def test_a_file_that_is_no_scenario_is_named(tmp_path):
    (tmp_path / "s.npz").write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"is not an \.npz"):
        read_scenario(tmp_path / "s.npz")
    np.savez(tmp_path / "t.npz", det_time=np.zeros(1))
    with pytest.raises(InputError, match="det_arrival"):
        read_scenario(tmp_path / "t.npz")


def test_a_report_is_worth_it_where_it_lowers_the_expected_gospa():
    rows = np.zeros(4, TRACK)
    rows["existence"] = [0.99, 0.4, 0.99, 0.6]
    rows["covariance"][:, 0, 0] = rows["covariance"][:, 1, 1] = [50.0, 50.0, 1e6, 50.0]
    rows["track"] = np.arange(4)
    assert worth_reporting(rows, 100.0)["track"].tolist() == [0, 3]
