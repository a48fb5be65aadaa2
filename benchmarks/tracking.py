"""Tracking: Limes beside Stone Soup and nrl-tracker on the same scenarios, CPU seconds of the tracker alone and accuracy.

    python benchmarks/tracking.py [SCENARIO.npz ...] [--names cv_100 ...] [--seeds 1 2 ...] [--peer-seeds 2] [--peer-seconds 10]
                                  [--peer-python PYTHON] [--work FOLDER] [--json OUT]

Scenarios are those of tracking_scenarios.py, drawn from each seed, or the files named. Limes is told nothing of what a
scenario is: one set of defaults for all of them; the columns of truth and of true biases are opened by the scorer alone. Means
are over the scoring times from 30 s after the first, then over seeds. `+-` is the standard error of the mean over seeds.

The peers (tracking_peers.py; `pip install --group bench`, or another interpreter with `--peer-python`) run on the first seeds,
for so many CPU seconds each; Limes is scored on the same window, and the ratio of speeds is that of the same run. A peer that
is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from limes.tracking import Tracker
from limes.tracking.metrics import Score, match, nees, nees_band, score
from limes.tracking.scenario import Estimates, read_scenario, run_scenario
from tracking_scenarios import SCENARIOS, make

WARM_UP = 30.0
PEERS = {"stonesoup": "Stone Soup", "nrl": "nrl-tracker"}
NOT_FOR = {"nrl": ("multi_sensor", "out_of_sequence"), "stonesoup": ()}
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Run:
    """Limes on one file."""

    name: str
    path: Path
    per_second: float
    score: Score
    estimates: Columns
    nees: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Beside:
    """A peer beside Limes on the same file and window."""

    name: str
    peer: str
    per_second: float
    ours_per_second: float
    score: Score
    ours: Score


def scored(path: Path, estimates: Columns, until: float = np.inf) -> Score:
    """Score estimates against a scenario's truth from the warm-up to `until`."""
    with np.load(path, allow_pickle=False) as file:
        times = file["score_time"]
        times = times[(times >= times[0] + WARM_UP) & (times <= until)]
        truth = (file["truth_time"], file["truth_id"], file["truth_x"], file["truth_y"])
        return score(times, truth, estimates, float(file["gospa_c"]))


def consistency(path: Path, estimates: Estimates) -> tuple[np.ndarray, np.ndarray]:
    """Sum of the NEES of tracks at each scoring time after the warm-up, and how many they are.

    Each track is held against the thing that it follows most; where two cross and the nearest one is another, neither counts.
    """
    rows = estimates.rows
    with np.load(path, allow_pickle=False) as file:
        times, cutoff = file["score_time"], float(file["gospa_c"])
        truth = np.column_stack([file[f"truth_{name}"] for name in ("x", "y", "vx", "vy")])
        truth_time, truth_id = file["truth_time"], file["truth_id"].astype(np.int64)
    found: list[tuple[np.ndarray, ...]] = []
    times = times[times >= times[0] + WARM_UP]
    for time in times:
        at, here = truth_time == time, rows[rows["time"] == time]
        mean = np.column_stack([here[name] for name in ("x", "y", "vx", "vy")])
        a, b, _ = match(truth[at, :2], mean[:, :2], cutoff)
        value = nees(mean[b] - truth[at][a], here["covariance"][b])
        found.append((np.full(len(a), time), here["track"][b], truth_id[at][a], value))
    when, track, who, value = (np.concatenate(column) for column in zip(*found, strict=True))
    own = follows(track, who) == who
    return tuple(np.array([column[own & (when == time)].sum() for time in times]) for column in (value, own))


def follows(track: np.ndarray, who: np.ndarray) -> np.ndarray:
    """The thing that each row's track is matched with most often, (n,)."""
    pairs, votes = np.unique(np.column_stack([track, who]), axis=0, return_counts=True)
    best = dict(pairs[np.argsort(votes, kind="stable")].tolist())
    return np.array([best[one] for one in track.tolist()])


def run_limes(name: str, path: Path) -> Run:
    """Track one file; the faster of two runs counts where they are short."""
    scenario = read_scenario(path)
    result = run_scenario(scenario, Tracker(scenario.sensors))
    spent = result.seconds
    if spent < 1.0:
        spent = min(spent, run_scenario(scenario, Tracker(scenario.sensors)).seconds)
    rows = result.rows
    columns = (rows["time"], rows["track"], rows["x"], rows["y"])
    linear = consistency(path, result) if name.startswith("cv_") or name == "large" else (np.zeros(0), np.zeros(0))
    return Run(name, path, result.detections / spent, scored(path, columns), columns, linear)


def run_peer(peer: str, python: str, run: Run, seconds: float) -> Beside | str:
    """Run a peer on the file of a run of Limes; a string says why there is nothing to compare."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "estimates.npz"
        program = Path(__file__).with_name("tracking_peers.py")
        command = [python, str(program), peer, str(run.path), str(out), "--seconds", str(seconds)]
        alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | alone, check=False)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["failed"])[-1]
        with np.load(out) as file:
            estimates = (file["est_time"], file["est_id"], file["est_x"], file["est_y"])
            per_second, until = float(file["detections"] / file["seconds"]), float(file["until"])
    window = scored(run.path, estimates, until)
    return Beside(run.name, PEERS[peer], per_second, run.per_second, window, scored(run.path, run.estimates, until))


def spread(values: Sequence[float]) -> str:
    """Mean and standard error."""
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return f"{np.mean(values):.1f} +- {error:.1f}" if len(values) > 1 else f"{np.mean(values):.1f}"


def consistent(runs: list[Run]) -> str:
    """Mean NEES over four components, and the share of scoring times whose mean over targets and seeds is in its band."""
    if not len(runs[0].nees[0]):
        return ""
    sums, counts = (np.sum([run.nees[k] for run in runs], axis=0) for k in (0, 1))
    bands = [nees_band(int(count), 4) for count in counts]
    inside = np.mean([low <= value <= high for value, (low, high) in zip(sums / counts, bands, strict=True)])
    return f"{sums.sum() / counts.sum():.2f}, {inside:.0%}"


def own_table(runs: dict[str, list[Run]]) -> list[str]:
    """Limes alone, over all seeds."""
    out = ["| scenario | seeds | det/s | GOSPA | OSPA | missed | false | RMSE m | switches | purity | NEES, times in band |"]
    out.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, mine in runs.items():
        scores = [run.score for run in mine]
        figures = [f"{np.mean([run.per_second for run in mine]):,.0f}", spread([s.gospa for s in scores])]
        figures += [f"{np.mean([getattr(s, key) for s in scores]):.2f}" for key in ("ospa", "missed", "false", "rmse")]
        figures += [f"{np.mean([s.switches for s in scores]):.1f}", f"{np.mean([s.purity for s in scores]):.3f}"]
        out.append("| " + " | ".join([name, str(len(mine)), *figures, consistent(mine)]) + " |")
    return out


def beside_table(pairs: list[Beside]) -> list[str]:
    """Limes beside each peer, over the peers' seeds."""
    names = "scenario peer seeds det/s Limes_det/s times GOSPA Limes_GOSPA Limes_less switches Limes_switches"
    out = ["| " + names.replace(" ", " | ").replace("_", " ") + " |", "| --- | --- |" + " ---: |" * 9]
    for name, peer in dict.fromkeys((pair.name, pair.peer) for pair in pairs):
        mine = [pair for pair in pairs if (pair.name, pair.peer) == (name, peer)]
        theirs, ours = np.mean([p.per_second for p in mine]), np.mean([p.ours_per_second for p in mine])
        figures = [str(len(mine)), f"{theirs:,.0f}", f"{ours:,.0f}", f"{ours / theirs:,.0f}"]
        mine = [pair for pair in mine if pair.score.truths > 0.0]
        if mine:
            less = spread([p.score.gospa - p.ours.gospa for p in mine])
            figures += [f"{np.mean([p.score.gospa for p in mine]):.1f}", f"{np.mean([p.ours.gospa for p in mine]):.1f}", less]
            figures += [f"{np.mean([p.score.switches for p in mine]):.1f}", f"{np.mean([p.ours.switches for p in mine]):.1f}"]
        else:
            figures += ["too short to score", "", "", "", ""]
        out.append("| " + " | ".join([name, peer, *figures]) + " |")
    return out


def compare(runs: dict[str, list[Run]], seeds: int, seconds: float, python: str) -> tuple[list[Beside], list[str]]:
    """Every peer on the first seeds of every scenario; and who was left out and why."""
    pairs: list[Beside] = []
    missing: dict[str, str] = {}
    for name, mine in runs.items():
        for peer in PEERS:
            for run in mine[:seeds]:
                if peer in missing or name in NOT_FOR[peer]:
                    continue
                result = run_peer(peer, python, run, seconds)
                if isinstance(result, str):
                    missing[peer] = result
                else:
                    pairs.append(result)
                    print(beside_table([result])[-1], file=sys.stderr, flush=True)
    return pairs, [f"{PEERS[peer]} left out: {why}" for peer, why in missing.items()]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="SCENARIO.npz")
    parser.add_argument("--names", nargs="+", default=[name for name in SCENARIOS if name != "cv_10000"], choices=SCENARIOS)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(range(1, 21)))
    parser.add_argument("--peer-seeds", type=int, default=2, help="on how many of the seeds the peers run")
    parser.add_argument("--peer-seconds", type=float, default=10.0, help="CPU seconds each peer gets for a file")
    parser.add_argument("--peer-python", default=sys.executable, help="an interpreter that has the peers")
    parser.add_argument("--work", type=Path, help="folder that keeps the scenarios (a temporary one)")
    parser.add_argument("--json", type=Path, help="write every figure here")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.work or Path(temporary)
        files = {path.stem: [path] for path in args.files}
        files = files or {name: [make(folder, name, seed) for seed in args.seeds] for name in args.names}
        run_limes("", next(iter(files.values()))[0])  # compiles
        runs = {name: [run_limes(name, path) for path in paths] for name, paths in files.items()}
        print("\n".join(own_table(runs)), flush=True)
        pairs, missing = compare(runs, args.peer_seeds, args.peer_seconds, args.peer_python)
    print("", *beside_table(pairs), *missing, sep="\n")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB, scenarios and scoring included")
    if args.json:
        every = [run for mine in runs.values() for run in mine]
        own = [{"name": run.name, "file": run.path.name, "per_second": run.per_second, **asdict(run.score)} for run in every]
        body = {"limes": own, "beside": [asdict(pair) for pair in pairs], "left_out": missing}
        args.json.write_text(json.dumps(body, indent=1))


if __name__ == "__main__":
    main()
