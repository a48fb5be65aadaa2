"""`limes track`: tracks from a recording or a scenario file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import numpy as np

    from limes.links.recording import Recording
    from limes.tracking import Tracker


def track(
    source: Annotated[Path, typer.Argument(help="A recording folder, or a scenario .npz.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Tracks: .parquet or .csv; of a scenario: .npz.")],
    every: Annotated[float, typer.Option(min=0.01, help="Seconds between the reported states of a recording.")] = 5.0,
    cutoff: Annotated[float, typer.Option(min=1.0, help="Cut-off of the score, m, where the recording has a truth.")] = 100.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Track a recording, or a scenario as the benchmarks make them.

    Example: limes track night-recording -o tracks.parquet
    """
    from limes.errors import InputError

    if not source.exists():
        raise InputError(source, "", "does not exist", "name a recording folder or a scenario .npz")
    facts = _scenario(source, output) if source.suffix == ".npz" else _recording(source, output, every, cutoff, as_json)
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        typer.echo("  ".join(f"{key.replace('_', ' ')} {_short(value)}" for key, value in facts.items()))


def _scenario(source: Path, output: Path) -> dict[str, Any]:
    from limes.errors import UsageError
    from limes.tracking import Tracker
    from limes.tracking.scenario import read_scenario, run_scenario, write_estimates

    if output.suffix != ".npz":
        raise UsageError(f"the estimates of a scenario are an .npz, not {output.name}")
    scenario = read_scenario(source)
    estimates = run_scenario(scenario, Tracker(scenario.sensors))
    write_estimates(output, estimates)
    rate = estimates.detections / max(estimates.seconds, 1e-9)
    return {"detections": estimates.detections, "cpu_seconds": estimates.seconds, "detections_per_second": rate}


def _recording(source: Path, output: Path, every: float, cutoff: float, quiet: bool) -> dict[str, Any]:
    import numpy as np

    from limes.columns import TRACK
    from limes.errors import UsageError
    from limes.links.recording import read_recording

    if output.suffix not in (".parquet", ".csv"):
        raise UsageError(f"tracks are written as .parquet or .csv, not {output.name}")
    recording = read_recording(source)
    tracker, detections = _tracker(recording, source)
    states = _play(tracker, detections, every, quiet)
    rows = np.concatenate([np.zeros(0, TRACK), *states])
    _write(rows, output)
    _tell_placeless(tracker)
    facts: dict[str, Any] = {"detections": int(np.count_nonzero(detections["kind"])), "late": tracker.late}
    unusable = len(recording.detections) - len(detections)
    if unusable:
        typer.echo(f"left out, for they lack what they measured: {unusable:,} detections", err=True)
    facts |= {"left_out": unusable + int(tracker.placeless.sum()), "tracks": len(np.unique(rows["track"]))}
    return facts | (_score(recording.truth, rows, cutoff) if recording.truth is not None else {})


def _tracker(recording: Recording, source: Path) -> tuple[Tracker, np.ndarray]:
    """A tracker for a recording, and its usable detections by arrival."""
    import numpy as np

    from limes.tracking import Tracker
    from limes.tracking.intake import complete, usable

    told = recording.meta.get("lines", {})
    lines = [np.asarray(told[name], float) if name in told else None for name in recording.sensors["id"].tolist()]
    rows = recording.detections[usable(recording.detections)]
    arrival = np.where(np.isnan(rows["arrival"]), rows["time"], rows["arrival"])
    return Tracker(complete(recording.sensors, source), lines=lines), rows[np.argsort(arrival, kind="stable")]


def _tell_placeless(tracker: Tracker) -> None:
    """Say on one line whose detections were passed over for want of a line, and the cure."""
    names = [f"{tracker.sensors['id'][k]} ({tracker.placeless[k]:,})" for k in tracker.placeless.nonzero()[0]]
    if names:
        cure = 'add "lines": {sensor: [[x, y], ...]} to recording.json'
        typer.echo(f"left out, for they lie along a line that is not told: detections of {', '.join(names)}; {cure}", err=True)


def _play(tracker: Tracker, detections: np.ndarray, every: float, quiet: bool) -> list[np.ndarray]:
    """Confirmed tracks, groups as one, at multiples of `every` seconds."""
    import numpy as np
    from rich.progress import Progress

    from limes.columns import Status

    if not len(detections):
        return []
    arrival = np.where(np.isnan(detections["arrival"]), detections["time"], detections["arrival"])
    times = np.arange(np.ceil(arrival[0] / every) * every, arrival[-1] + every, every)
    ends, start, out = np.searchsorted(arrival, times, side="right"), 0, []
    with Progress(disable=quiet) as progress:
        bar = progress.add_task("Tracking", total=len(times))
        for time, end in zip(times, ends, strict=True):
            tracker.update(detections[start:end])
            rows = tracker.tracks(float(time))
            out.append(rows[(rows["status"] == Status.CONFIRMED) & (rows["existence"] > 0.5)])
            start = end
            progress.advance(bar)
    return out


def _write(rows: np.ndarray, output: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    from limes.columns import CLASSES, to_arrow

    table = to_arrow(rows)
    if output.suffix == ".parquet":
        pyarrow.parquet.write_table(table, output, compression="zstd")
        return
    import numpy as np

    flat = table.drop_columns(["covariance", "classes"])
    for name, a, b in (("var_x", 0, 0), ("cov_xy", 0, 1), ("var_y", 1, 1)):
        flat = flat.append_column(name, [np.ascontiguousarray(rows["covariance"][:, a, b])])
    for k, name in enumerate(CLASSES):
        flat = flat.append_column(f"p_{name}", [np.ascontiguousarray(rows["classes"][:, k])])
    pyarrow.csv.write_csv(flat, output)


def _score(truth: np.ndarray, rows: np.ndarray, cutoff: float) -> dict[str, Any]:
    """Score groups as one against the truth, whose actors are groups too."""
    from dataclasses import asdict

    import numpy as np

    from limes.tracking.metrics import score

    times = np.intersect1d(np.round(np.unique(truth["time"]), 3), np.round(np.unique(rows["time"]), 3))
    if not len(times):
        return {}
    columns = (truth["time"], truth["actor"], truth["x"], truth["y"]), (rows["time"], rows["track"], rows["x"], rows["y"])
    return asdict(score(times, *columns, cutoff))


def _short(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"
