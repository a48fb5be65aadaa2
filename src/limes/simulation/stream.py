"""The stream: a simulated night as the batches of JSON lines that sensors, weather stations and units would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from limes.links import encode_clock, encode_event, encode_rows, parse_lines
from limes.links.fields import Event
from limes.sector import Sector
from limes.sector.deployment import Deployment
from limes.simulation.health import heartbeats
from limes.simulation.scenario import Scenario
from limes.simulation.skies import forecast, report
from limes.simulation.stage import MINUTE, Stage, detections, minute_of, set_stage
from limes.simulation.units import Units
from limes.simulation.world import truth

WEATHER = 600
"""Seconds between weather reports."""


@dataclass(frozen=True)
class Batch:
    """All that is sent about one second: everything in (`time` - 1, `time`], then the clock.

    `detections` (`DETECTION` rows in the order of the stage's sensors), `events`, the `lines` that carry both and end with
    the clock line, and the `truth` (`TRUTH` rows; for scoring, never sent).
    """

    time: float
    detections: np.ndarray
    events: list[Event]
    lines: list[bytes] = field(repr=False)
    truth: np.ndarray = field(repr=False)


def simulate(
    sector: Sector,
    deployment: Deployment,
    scenario: Scenario,
    seed: int,
    start: float | None = None,
    end: float | None = None,
) -> Iterator[Batch]:
    """Play a scenario from `start` to `end` (UTC epoch s; by default all of it), one batch a second.

    The same sector, deployment, scenario and seed give the same bytes, wherever it starts and ends. All of it is simulated.
    """
    return play(set_stage(sector, deployment, scenario, seed), start=start, end=end)


def play(stage: Stage, units: Units | None = None, start: float | None = None, end: float | None = None) -> Iterator[Batch]:
    """Play a stage that is set. `units` move as they are told; by default they patrol and nobody sends them anywhere."""
    start = np.floor(stage.scenario.begin if start is None else start)
    end = np.floor(stage.scenario.end if end is None else min(end, stage.scenario.end))
    units = Units(stage) if units is None else units
    for begin in np.arange(start - start % MINUTE, end, MINUTE).tolist():
        yield from _minute(stage, units, begin, start, end)


def _minute(stage: Stage, units: Units, begin: float, start: float, end: float) -> Iterator[Batch]:
    minute = minute_of(stage, begin)
    rows = detections(stage, minute)
    real = truth(stage.world, minute.span)
    events = _events(stage, begin)
    moments = np.array([event["time"] for event in events])
    for second in range(MINUTE):
        low, high = begin + second, begin + second + 1.0
        if low < start or high > end:
            continue
        part = rows[np.searchsorted(rows["time"], low, "right") : np.searchsorted(rows["time"], high, "right")]
        told = [events[index] for index in np.flatnonzero((moments > low) & (moments <= high))] + units.step(high)
        lines = encode_rows(part, stage.directory) + [encode_event(event, stage.directory) for event in told]
        known = real[(real["time"] > low) & (real["time"] <= high)]
        yield Batch(high, part, told, [*lines, encode_clock(high)], known)


def _events(stage: Stage, begin: float) -> list[Event]:
    """Heartbeats and weather reports in (begin, begin + 60], in order of time."""
    events: list[Event] = list(heartbeats(stage.health, begin, begin + MINUTE))
    first = stage.scenario.begin + 1.0
    for second in range(1, MINUTE + 1):
        time = begin + second
        if (time - first) % WEATHER == 0.0:
            events.append(report(stage.weather.at(time)) | {"forecast": forecast(stage.weather, time)})
    return sorted(events, key=lambda event: float(event["time"]))


@dataclass(frozen=True)
class Recorded:
    """A piece of a stream as a watch would have taken it, with its truth: rows, events and how many seconds it covers."""

    detections: np.ndarray
    events: list[Event]
    truth: np.ndarray
    seconds: int


def recorded(stage: Stage, start: float, end: float, units: Units | None = None) -> Iterator[Recorded]:
    """Play a stage and read its own lines back, minute by minute: what goes into a recording is what went over the wire."""
    waiting: list[Batch] = []
    now: float | None = None
    for batch in play(stage, units, start, end):
        waiting.append(batch)
        if batch.time % MINUTE == 0:
            yield _read_back(stage, waiting, now)
            waiting, now = [], batch.time
    if waiting:
        yield _read_back(stage, waiting, now)


def _read_back(stage: Stage, batches: list[Batch], now: float | None) -> Recorded:
    lines = [line for batch in batches for line in batch.lines]
    parsed = parse_lines(lines, stage.directory, now, stream_clock=True)
    if parsed.refusals:
        raise AssertionError(f"the simulator wrote a line that is refused: {parsed.refusals[0].reason}")
    real = np.concatenate([batch.truth for batch in batches])
    return Recorded(parsed.detections, parsed.events, real, len(batches))
