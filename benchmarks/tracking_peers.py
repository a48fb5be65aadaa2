"""Other trackers on a scenario file, to stand beside Limes; needs NumPy and the tracker alone, so any interpreter will do.

    python benchmarks/tracking_peers.py stonesoup|nrl SCENARIO.npz OUT.npz [--seconds 20]

Stone Soup (dstl): global nearest neighbour with extended Kalman filters, through a k-d tree where measurements are positions,
three detections confirm, late data held back 20 s and taken in order of measurement (its trackers take no late data).
nrl-tracker: global nearest neighbour with Kalman filters, polar detections turned into positions with their own covariances;
it takes one kind of measurement in order, so `multi_sensor` and `out_of_sequence` are not for it.

Both are told the process noise and the largest speeds by which kind of scenario it is (walkers, manoeuvring or straight
vehicles). OUT holds est_time, est_id, est_x, est_y, `seconds` of CPU in the tracker alone, `detections` taken, and `until`, the
time reached when the CPU seconds allowed were up.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

Data = dict[str, np.ndarray]
Estimate = tuple[float, int, float, float]
HELD_BACK = 20.0


def assumptions(data: Data) -> tuple[float, float]:
    """White acceleration density q and the standard deviation of each velocity component, by the kind of scenario."""
    on_foot = float(np.mean(data["truth_class"] == 0))
    q = 0.05 if on_foot == 1.0 else 0.5 if on_foot > 0.0 or float(data["gospa_c"]) == 50.0 else 0.02
    return q, 1.5 if on_foot == 1.0 else 12.0


def scans(data: Data) -> Iterator[tuple[float, float, np.ndarray]]:
    """When a scan may be used, when it was measured, and its rows; late data waits until everything is there."""
    order = np.argsort(data["det_batch"], kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(data["det_batch"][order])) + 1)
    late = np.max(data["det_arrival"] - data["det_time"]) > 0.0
    held = HELD_BACK if late else 0.0
    out = [(float(data["det_time"][rows[0]]) + held, float(data["det_time"][rows[0]]), rows) for rows in parts]
    yield from sorted(out, key=lambda scan: scan[:2])


def play(
    data: Data, seconds: float, step: Callable[[float, np.ndarray], None], tell: Callable[[float], list[Estimate]]
) -> Data:
    """Run a tracker scan by scan for so many CPU seconds, and ask it at every scoring time what it believes."""
    estimates: list[Estimate] = []
    waiting, spent, used, reached = list(data["score_time"].tolist()), 0.0, 0, np.inf
    for release, measured, rows in scans(data):
        while waiting and waiting[0] < release - 1e-9:
            estimates += tell(waiting.pop(0))
        began = time.process_time()
        step(measured, rows)
        spent += time.process_time() - began
        used += len(rows)
        if spent > seconds:
            reached = release
            break
    while waiting and waiting[0] <= reached:
        estimates += tell(waiting.pop(0))
    table = np.array(estimates, float).reshape(-1, 4)
    columns = {f"est_{name}": table[:, k] for k, name in enumerate(("time", "id", "x", "y"))}
    return columns | {"seconds": np.float64(spent), "detections": np.int64(used), "until": np.float64(reached)}


def run_stonesoup(data: Data, seconds: float) -> Data:
    """Stone Soup on a scenario."""
    from stonesoup.deleter.time import UpdateTimeDeleter
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    q, speed = assumptions(data)
    predictor = ExtendedKalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(q), ConstantVelocity(q)]))
    updater = ExtendedKalmanUpdater(None)
    positions = bool((data["sensor_kind"] == "xy").all())
    period = float(np.min(data["sensor_period"])) if len(data["sensor_x"]) == 1 else 6.0
    drop = UpdateTimeDeleter(timedelta(seconds=5.0 * period))
    begin = MultiMeasurementInitiator(
        None, UpdateTimeDeleter(timedelta(seconds=2.5 * period)), _associator(predictor, updater, positions), updater,
        min_points=3, initiator=_first_guess(speed),
    )  # fmt: skip
    associator = _associator(predictor, updater, positions)
    models = [_stonesoup_model(data, row) for row in range(len(data["sensor_x"]))]
    origin = datetime(2026, 1, 1)
    tracks: set[Any] = set()
    names: dict[str, int] = {}

    def step(measured: float, rows: np.ndarray) -> None:
        now = origin + timedelta(seconds=measured)
        detections = {_stonesoup_detection(data, int(row), models, now) for row in rows}
        taken = set()
        for track, hypothesis in associator.associate(tracks, detections, now).items():
            if hypothesis:
                track.append(updater.update(hypothesis))
                taken.add(hypothesis.measurement)
            else:
                track.append(hypothesis.prediction)
        tracks.difference_update(drop.delete_tracks(tracks))
        tracks.update(begin.initiate(detections - taken, now))

    def tell(at: float) -> list[Estimate]:
        out = []
        for track in tracks:
            when = max(origin + timedelta(seconds=at), track.timestamp)
            mean = predictor.predict(track.state, timestamp=when).mean
            out.append((at, names.setdefault(track.id, len(names)), float(mean[0]), float(mean[2])))
        return out

    return play(data, seconds, step, tell)


def _associator(predictor: Any, updater: Any, positions: bool) -> Any:
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.measures import Mahalanobis

    near = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=4.0)
    if positions:
        return DetectionKDTreeGNN2D(near, predictor=predictor, updater=updater, max_distance=400.0)
    return GNNWith2DAssignment(near)


def _stonesoup_model(data: Data, row: int) -> Any:
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.measurement.nonlinear import Cartesian2DToBearing, CartesianToBearingRangeRate2D
    from stonesoup.types.array import StateVector

    a, b, c = (float(data[f"sensor_sigma_{name}"][row]) ** 2 for name in "abc")
    here = StateVector([float(data["sensor_x"][row]), float(data["sensor_y"][row])])
    kind = str(data["sensor_kind"][row])
    if kind in ("xy", "ping"):
        return LinearGaussian(4, (0, 2), np.diag([a, b]))
    if kind == "bearing":
        return Cartesian2DToBearing(4, (0, 2), np.array([[b]]), translation_offset=here)
    return CartesianToBearingRangeRate2D(4, (0, 2), np.diag([b, a, c]), translation_offset=here, velocity_mapping=(1, 3))


def _stonesoup_detection(data: Data, row: int, models: list[Any], now: datetime) -> Any:
    from stonesoup.types.angle import Bearing
    from stonesoup.types.array import StateVector
    from stonesoup.types.detection import Detection

    sensor = int(data["det_sensor"][row])
    a, b, c = (float(data[f"det_{name}"][row]) for name in "abc")
    kind = str(data["sensor_kind"][sensor])
    measured: list[Any] = [a, b] if kind in ("xy", "ping") else [Bearing(b)] if kind == "bearing" else [Bearing(b), a, c]
    return Detection(StateVector(measured), timestamp=now, measurement_model=models[sensor])


def _first_guess(speed: float) -> Any:
    """An initiator of single tracks: the place of a detection, any velocity."""
    from stonesoup.initiator.base import Initiator
    from stonesoup.types.array import StateVector
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.track import Track
    from stonesoup.types.update import GaussianStateUpdate

    class FirstGuess(Initiator):
        def initiate(self, detections: Any, timestamp: Any, **_: Any) -> set[Any]:
            out = set()
            for each in detections:
                model, z = each.measurement_model, [float(value) for value in each.state_vector]
                noise, cov = np.asarray(model.noise_covar, float), np.diag([0.0, speed**2, 0.0, speed**2])
                if len(z) == 1:
                    continue
                if len(z) == 2:
                    x, y, spread = z[0], z[1], noise
                else:
                    ux, uy = np.cos(z[0]), np.sin(z[0])
                    x, y = (float(model.translation_offset[k]) + z[1] * u for k, u in enumerate((ux, uy)))
                    ray = np.array([[ux, -uy], [uy, ux]])
                    spread = ray @ np.diag([noise[1, 1], z[1] ** 2 * noise[0, 0]]) @ ray.T
                cov[np.ix_([0, 2], [0, 2])] = spread
                state = StateVector([x, 0.0, y, 0.0])
                update = GaussianStateUpdate(state, cov, timestamp=each.timestamp, hypothesis=SingleHypothesis(None, each))
                out.add(Track([update]))
            return out

    return FirstGuess()


def run_nrl(data: Data, seconds: float) -> Data:
    """The nrl-tracker on a scenario of one sensor of positions or of range and bearing."""
    from pytcl.trackers import MultiTargetTracker

    if len(data["sensor_x"]) > 1:
        raise SystemExit("takes one sensor")
    (q, speed), polar = assumptions(data), str(data["sensor_kind"][0]) == "rbd"
    sigma_a, sigma_b = float(data["sensor_sigma_a"][0]), float(data["sensor_sigma_b"][0])
    noise = np.diag([sigma_a**2, sigma_a**2])

    def forward(dt: float) -> np.ndarray:
        return np.array([[1.0, dt, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, dt], [0.0, 0.0, 0.0, 1.0]])

    def disturbance(dt: float) -> np.ndarray:
        return np.kron(np.eye(2), q * np.array([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]]))

    pick = np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
    start = np.diag([sigma_a**2, speed**2, sigma_a**2, speed**2])
    tracker = MultiTargetTracker(4, 2, forward, pick, disturbance, noise, gate_probability=0.999, init_covariance=start)
    clock = [0.0]

    def step(measured: float, rows: np.ndarray) -> None:
        a, b = data["det_a"][rows], data["det_b"][rows]
        z, spread = np.column_stack([a, b]), None
        if polar:
            ux, uy = np.cos(b), np.sin(b)
            z = np.column_stack([float(data["sensor_x"][0]) + a * ux, float(data["sensor_y"][0]) + a * uy])
            ray = np.stack([np.stack([ux, -uy], -1), np.stack([uy, ux], -1)], axis=1)
            spread = list(
                np.einsum("nij,nj,nkj->nik", ray, np.stack([np.full(len(a), sigma_a**2), (a * sigma_b) ** 2], -1), ray)
            )
        tracker.process(list(z), measured - clock[0], spread)
        clock[0] = measured

    def tell(at: float) -> list[Estimate]:
        out = []
        for track in tracker.confirmed_tracks:
            mean = forward(at - clock[0]) @ track.state
            out.append((at, track.id, float(mean[0]), float(mean[2])))
        return out

    return play(data, seconds, step, tell)


PEERS = {"stonesoup": run_stonesoup, "nrl": run_nrl}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("scenario", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0, help="CPU seconds after which the run is cut short")
    args = parser.parse_args()
    with np.load(args.scenario, allow_pickle=False) as file:
        data = dict(file)
    np.savez_compressed(args.out, **PEERS[args.peer](data, args.seconds))


if __name__ == "__main__":
    main()
